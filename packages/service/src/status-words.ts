/**
 * What stands behind the number of a status. By `getBuiltinModule`: an `import` reads all that `node:http` has, also its WebSocket, and Node loads
 * the whole of its undici for that (50 to 70 ms of every start).
 */
export const { STATUS_CODES: statusWords } = process.getBuiltinModule('node:http')
