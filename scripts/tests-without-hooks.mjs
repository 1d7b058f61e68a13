// Loaded before each test file (`node --import`). To say in which test an error was thrown that nobody caught, tap follows every promise, timer and socket of
// the process by an async hook: a twentieth of all the tests' time. Tests of a file run one after the other, so the test that runs is the one to tell.
import hooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

const none = { enable: () => none, disable: () => none }
hooks.createHook = () => none
hooks.executionAsyncId = () => 1
syncBuiltinESMExports()
