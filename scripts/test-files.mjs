// Runs test files as processes side by side and tells of them as one TAP stream. Argument: files, each in a process of its own; all of them unless given.
// Without the tracker of processes and files, made for coverage, that tap loads into everything a test starts by NODE_OPTIONS: it doubled what the start
// of an orchestrator took (3.1 s against 1.5 s on two busy cores).
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/** More than cores, because many wait: for a lease to run out, for a process to come up. */
t.jobs = 5
/** Seconds for a process, for it and for those who wait on it. */
const limit = 300
t.setTimeout(0)
/** Files that share a process at most: of more, the last process would run alone for long. */
const together = 8

// What takes longest comes first, and the longest of all before it, or the last would run alone. Nothing here shares a process,
// nor does the service's own test, which gives a reader a fifth of a second: in a shared one it failed two times out of three.
const longest = ['killed-orchestrator', 'pglite', 'stepped-clock', 'killed-postgres', 'postgres.test', 'resumed-run', 'sqlite.test', 'helm-toolkit', 'runbooks.test']
const long = /\/faults\/|\/standalone\/|\/cli\/|postgres|replicas|replay|change-sets|claude-worker|agents\.test|injection|agents\/test\/(?:approvals|rollback\.)|rendered-processes|schema-versions|service\.test/

const beside = (name) => fileURLToPath(new URL(name, import.meta.url))
const given = process.argv.slice(2)
const processes = given.length > 0 ? given.map((file) => [file]) : deal(globSync(['packages/*/test/**/*.test.ts', 'deploy/test/**/*.test.ts'], { exclude: ['**/node_modules'] }).sort())
const running = processes.sort((a, b) => place(a) - place(b)).map((files) => {
  const args = ['-u', 'NODE_OPTIONS', process.execPath, '--import', beside('tests-without-hooks.mjs'), ...(files.length > 1 ? [beside('test-group.mjs')] : []), ...files]
  return t.spawn('env', args, { buffered: true, timeout: limit * 1_000, env: { ...process.env, TAP_TIMEOUT: String(limit) } }, files.join(' '))
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const { subtest } of running) subtest?.proc?.kill(signal)
    process.exit(1)
  })
}

/** Puts short files of a package together. One that sets something for all of its process, a time limit or what comes before its tests, gets its own. */
function deal (files) {
  const alone = (file) => place([file]) < longest.length + 2 || /^(?:await )?t\.(?!test\b)/m.test(readFileSync(file, 'utf8'))
  const sharing = Object.groupBy(files.filter((file) => !alone(file)), (file) => file.slice(0, file.indexOf('/test/')))
  const hands = Object.values(sharing).flatMap((files) => {
    const count = Math.ceil(files.length / together)
    return Array.from({ length: count }, (_, hand) => files.filter((_, index) => index % count === hand))
  })
  return [...files.filter(alone).map((file) => [file]), ...hands]
}

function place (files) {
  if (files.length > 1) return longest.length
  const index = longest.findIndex((name) => files[0].includes(`/${name}`))
  if (index >= 0) return index
  return longest.length + (long.test(files[0]) ? 1 : 2)
}
