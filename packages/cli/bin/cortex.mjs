#!/usr/bin/env node
// The command `cortex`: installs what is missing and runs on the workspace's own Node, like the scripts.
import { fileURLToPath } from 'node:url'

// Paths are meant from where the person is, and bootstrap.mjs goes to the checkout.
process.env.INIT_CWD ??= process.cwd()
process.argv.splice(2, 0, 'node', fileURLToPath(new URL('../src/main.ts', import.meta.url)))
await import('../../../scripts/bootstrap.mjs')
