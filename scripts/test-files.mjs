// Runs test files as processes side by side and tells of them as one TAP stream. Argument: files; all of them unless given.
// Without the tracker of processes and files, made for coverage, that tap loads into everything a test starts by NODE_OPTIONS: it doubled what the start
// of an orchestrator took (3.1 s against 1.5 s on two busy cores).
import { globSync } from 'node:fs'
import t from 'tap'

/** More than cores, because many wait: for a lease to run out, for a process to come up. */
t.jobs = 5
/** Seconds for a file, for it and for those who wait on it. */
const limit = 300
t.setTimeout(0)

const withoutHooks = new URL('tests-without-hooks.mjs', import.meta.url).href
const given = process.argv.slice(2)
const files = given.length > 0 ? given : globSync(['packages/*/test/**/*.test.ts', 'deploy/test/**/*.test.ts'], { exclude: ['**/node_modules'] }).sort()
// What takes longest comes first, and the longest of all before it, or the last file would run alone.
const longest = ['killed-orchestrator', 'postgres.test', 'killed-postgres', 'pglite', 'resumed-run', 'sqlite.test', 'stepped-clock', 'helm-toolkit', 'runbooks.test']
const long = /faults|postgres|standalone|replicas|replay|change-sets|claude-worker|agents\.test|injection|approvals\.test|rendered-processes|packages\/web/
function place (file) {
  const index = longest.findIndex((name) => file.includes(`/${name}`))
  if (index >= 0) return index
  return long.test(file) ? longest.length : longest.length + 1
}
const running = files.sort((a, b) => place(a) - place(b))
  .map((file) => t.spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, '--import', withoutHooks, file], { buffered: true, timeout: limit * 1_000, env: { ...process.env, TAP_TIMEOUT: String(limit) } }, file))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const { subtest } of running) subtest?.proc?.kill(signal)
    process.exit(1)
  })
}
