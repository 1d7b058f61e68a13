import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { DatabaseSync } from 'node:sqlite'
import type { AuditEntry, AuditPage } from '@cortex/contracts'
import { Client } from 'pg'
import t, { type Test } from 'tap'
import { chain, genesis } from '../src/audit/chain.ts'
import { runCli } from '../../cli/src/run.ts'
import { listenToLog } from './listen-to-log.ts'
import { only, orchestrate, type Orchestrator, result, temporaryFolder } from './orchestrator.ts'
import { createDatabase } from './postgres-database.ts'

t.setTimeout(120_000)

async function run (args: string[], env: Record<string, string>): Promise<{ code: number, out: string, err: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const texts = [text(out), text(err)]
  const code = await runCli(['audit', ...args], { env, stdin: new PassThrough(), stdout: out, stderr: err, signal: new AbortController().signal })
  out.end()
  err.end()
  const [said = '', complained = ''] = await Promise.all(texts)
  return { code, out: said, err: complained }
}

/** An orchestrator that has seen a task through, and one beside it. */
async function worked (t: Test, options: { databaseUrl?: string } = {}): Promise<Orchestrator> {
  const cortex = await orchestrate(t, options)
  await cortex.create({ title: 'Ünïcode “quotes” and \ud83d alone' }, { 'cortex-batch': 'batch-1' })
  await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
  await cortex.create()
  await cortex.send('POST', '/v1/batches/batch-1/close', {})
  return cortex
}

const linesOf = (text: string) => text.trimEnd().split('\n')

/** What the command says of a file with these lines. */
async function verdict (t: Test, lines: readonly string[], ...args: string[]) {
  const file = join(await temporaryFolder(t), 'audit.jsonl')
  await writeFile(file, lines.map((line) => `${line}\n`).join(''))
  return await run(['verify', file, ...args], {})
}

for (const [name, options, tamper] of [
  ['SQLite', async () => ({}), async ({ home }: Orchestrator, sql: string) => {
    const file = new DatabaseSync(join(home, 'tasks.db'))
    file.exec(sql)
    file.close()
  }],
  ['PostgreSQL', async (t: Test) => ({ databaseUrl: await createDatabase(t) }), async (_: Orchestrator, sql: string, databaseUrl: string) => {
    const client = new Client({ connectionString: databaseUrl })
    await client.connect()
    await client.query(sql.replaceAll(/\b(audit_head|audit)\b/g, 'cortex.$1'))
    await client.end()
  }]
] as const) {
  t.test(`with ${name}, a running store is exported and found whole, and what was done to it behind its back is named`, async (t) => {
    const chosen: { databaseUrl?: string } = await options(t)
    const cortex = await worked(t, chosen)
    const env: Record<string, string> = { CORTEX_HOME: cortex.home, ...(chosen.databaseUrl !== undefined && { DATABASE_URL: chosen.databaseUrl }) }
    const whole = await run(['verify'], env)
    t.match(whole, { code: 0, out: /^5 lines, whole; the last is entry 5, sha256:[0-9a-f]{64}\n$/, err: '' })

    const { code, out } = await run(['export'], env)
    t.equal(code, 0)
    const { entries } = (await cortex.send<AuditPage>('GET', '/v1/audit')).body
    t.same(linesOf(out).map((line) => JSON.parse(line) as AuditEntry), entries)
    const file = join(cortex.home, 'audit.jsonl')
    t.match(await run(['export', '--out', 'audit.jsonl'], { ...env, INIT_CWD: cortex.home }), { code: 0, out: '' })
    t.equal(await readFile(file, 'utf8'), out)
    t.same((await readdir(cortex.home)).filter((name) => name.endsWith('.part')), [])
    t.same(await run(['verify', file], env), whole)

    await tamper(cortex, "UPDATE audit SET line = replace(line, 'user:api', 'user:eve') WHERE seq = 4", chosen.databaseUrl ?? '')
    t.match(await run(['verify'], env), { code: 6, out: /^line 4 is changed: / })
    await tamper(cortex, 'DELETE FROM audit WHERE seq > 3', chosen.databaseUrl ?? '')
    t.match(await run(['verify'], env), { code: 6, out: 'line 4 is missing: entries 4 to 5 are missing at the end\n' })
    await tamper(cortex, 'DELETE FROM audit WHERE seq = 2', chosen.databaseUrl ?? '')
    t.match(await run(['verify'], env), { code: 6, out: 'line 2 is missing: entry 2 is missing before entry 3\n' })
  })

  t.test(`with ${name}, what is older than its time is dropped, the chain says so, and what is left is whole`, async (t) => {
    const chosen: { databaseUrl?: string } = await options(t)
    const first = await worked(t, chosen)
    const env: Record<string, string> = { CORTEX_HOME: first.home, ...(chosen.databaseUrl !== undefined && { DATABASE_URL: chosen.databaseUrl }) }
    const before = (await first.send<AuditPage>('GET', '/v1/audit')).body
    const { hash } = before.head
    await tamper(first, "UPDATE audit SET at = '2020-01-01T00:00:00.000Z'", chosen.databaseUrl ?? '')
    const log = listenToLog()
    const second = await first.restart({ logger: log.logger })
    await log.line(/old lines of the audit were dropped/)
    t.match((await second.send<AuditPage>('GET', '/v1/audit')).body.entries, [{ seq: 6, prev_hash: hash, actor: 'cortex', details: { through_seq: 5, through_hash: hash } }])
    await second.create()
    t.match(await run(['verify'], env), { code: 0, out: /^2 lines, whole; the last is entry 7, / })
    const kept = linesOf((await run(['export'], env)).out)
    t.match(await verdict(t, kept), { code: 0 })
    t.match(await verdict(t, kept.slice(1)), { code: 6, out: 'line 1 is missing: entries 1 to 6 are missing, and no entry says that they were dropped\n' })
  })
}

t.test('lines of a file that are changed, left out, moved, doubled or torn are named, the first of them alone', async (t) => {
  const drafts = Array.from({ length: 6 }, (_, index) => ({ at: '2026-01-01T00:00:00.000Z', actor: 'user:ada', action: 'task.started' as const, task_id: `task-${index}`, batch_id: null, details: { attempt: index } }))
  const lines = chain(drafts, genesis).lines.map(({ line }) => line)
  const others = chain(drafts.map((draft) => ({ ...draft, actor: 'user:eve' })), genesis).lines.map(({ line }) => line)
  const at = (index: number) => lines[index] ?? ''
  const whole = await verdict(t, lines)
  t.match(whole, { code: 0, out: /^6 lines, whole/ })
  const cases: Array<[name: string, lines: string[], said: RegExp]> = [
    ['a changed field', lines.with(2, at(2).replace('user:ada', 'user:eve')), /^line 3 is changed/],
    ['a changed hash', lines.with(2, at(2).replace(/[0-9a-f]{8}"}$/, '00000000"}')), /^line 3 is changed/],
    ['a line with a field too many', lines.with(2, at(2).replace('{', '{"more":1,')), /^line 3 is changed/],
    ['a line with a name twice', lines.with(2, at(2).replace('{', '{"actor":"user:eve",')), /^line 3 is changed/],
    ['a line made anew with its hash', lines.with(2, others[2] ?? ''), /^line [23] is changed: entry [23] was written anew/],
    ['text that is none of ours', lines.with(2, 'null'), /^line 3 is changed/],
    ['a torn last line', lines.with(5, at(5).slice(0, 40)), /^line 6 is changed/],
    ['a line left out', lines.toSpliced(2, 1), /^line 3 is missing: entry 3 is missing before entry 4/],
    ['the first lines left out', lines.slice(2), /^line 1 is missing: entries 1 to 2 are missing/],
    ['two lines that changed places', lines.with(2, at(3)).with(3, at(2)), /^line 3 is reordered: entry 4 stands where 3 belongs, which stands in line 4/],
    ['the first two lines turned', lines.with(0, at(1)).with(1, at(0)), /^line 1 is reordered/],
    ['a line twice', lines.toSpliced(3, 0, at(2)), /^line 4 is reordered: entry 3 stands behind entry 3/]
  ]
  for (const [name, changed, said] of cases) t.match(await verdict(t, changed), { code: 6, out: said }, name)
  const { hash } = JSON.parse(at(3)) as AuditEntry
  t.match(await verdict(t, []), { code: 1, out: /^There is nothing to verify: .* holds no line\n$/ })
  t.match(await verdict(t, lines, '--contains', hash), { code: 0 })
  t.match(await verdict(t, others), { code: 0 }, 'a chain written anew as a whole is whole')
  t.match(await verdict(t, others, '--contains', hash), { code: 6, out: /no entry has the hash/ }, 'unless somebody noted what it was')
  t.match(await verdict(t, ['x'.repeat(1_200_000)]), { code: 1, err: /CTX_AUDIT_FILE_UNREADABLE.*longer than 1 MB/ })
})

t.test('the command says how it is used, and what stands in its way', async (t) => {
  const home = await temporaryFolder(t)
  t.match(await run(['verify', '--help'], {}), { code: 0, out: /^Usage: cortex audit verify/ })
  for (const args of [[], ['erase'], ['verify', 'a', 'b'], ['export', 'a'], ['verify', '--out', 'a'], ['verify', '--contains', 'abc'], ['verify', '--loud']]) {
    t.match(await run(args, { CORTEX_HOME: home }), { code: 2, err: /Usage: cortex/ }, args.join(' '))
  }
  t.match(await run(['verify'], { CORTEX_HOME: home, npm_command: 'run-script', npm_config_contains: 'x' }), { code: 2, err: /^npm took --contains for itself/ })
  t.match(await run(['verify'], { CORTEX_HOME: home }), { code: 1, err: /^CTX_AUDIT_MISSING: There is no audit in / })
  t.same(await readdir(home), [], 'no store is made by looking')
  t.match(await run(['verify', join(home, 'none')], {}), { code: 1, err: /^CTX_AUDIT_FILE_UNREADABLE: .*ENOENT/ })
  t.match(await run(['export', '--out', join(home, 'no', 'folder')], { CORTEX_HOME: home }), { code: 1 })
  t.match(await run(['verify'], { DATABASE_URL: await createDatabase(t) }), { code: 1, err: /^CTX_AUDIT_MISSING: There is no audit in the database/ })
})
