import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { createLogger } from '@cortex/service'
import t from 'tap'
import { migrate } from '../src/store/postgres/migrate.ts'
import { PgPostgres } from '../src/store/postgres/pg-postgres.ts'
import { migrations, type Migration } from '../src/store/postgres/schema.ts'
import { orchestrate, temporaryFolder } from './orchestrator.ts'
import { createDatabase } from './postgres-database.ts'
import { untilDone } from './support/load.ts'
import { ask, InsistentLoad } from './support/postgres-load.ts'
import { spawnOrchestrator } from './support/spawn-orchestrator.ts'
import { Witness } from './support/witness.ts'

t.setTimeout(300_000)

/** What a later version might add, in an order that gets in the way of whoever reads and writes meanwhile. */
const addition = `
  ALTER TABLE cortex.events ADD COLUMN origin text;
  ALTER TABLE cortex.tasks ADD COLUMN tenant text NOT NULL DEFAULT 'default';
  CREATE INDEX tasks_tenant ON cortex.tasks (tenant, n);
  ALTER TABLE cortex.heads ADD COLUMN epoch int NOT NULL DEFAULT 0;
  CREATE TABLE cortex.tenants (id text PRIMARY KEY)`

/** The next version, which the one before works with or does not. */
const next = (worksWith: number, sql = addition): readonly Migration[] => [...migrations, { worksWith, sql }]

/** Does to the schema what a program with these migrations does at its start. */
async function start (url: string, list: readonly Migration[]): Promise<void> {
  const logger = createLogger({ level: 'silent', name: 'test' })
  const postgres = new PgPostgres(url, logger)
  try {
    await migrate(postgres, logger, list)
  } finally {
    await postgres.close()
  }
}

const versions = async (url: string) => (await ask<{ version: number }>(url, 'SELECT version FROM cortex.migrations ORDER BY version')).map(({ version }) => version)
const upTo = (version: number) => Array.from({ length: version }, (_, index) => index + 1)
const here = migrations.length

t.test('a newer program adds to the schema while an older one runs under load; that one goes on, and more of it may start', async (t) => {
  const databaseUrl = await createDatabase(t)
  const older = await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl, concurrency: 200 })
  const witness = new Witness()
  const load = new InsistentLoad(t, [older], witness, { clients: 20 })
  await load.more(100, 20)
  const reading = new AbortController()
  const readers = Promise.all([1, 2, 3].map(async () => {
    while (!reading.signal.aborted) t.equal((await older.send('GET', '/v1/tasks?limit=50')).status, 200)
  }))
  await start(databaseUrl, next(here))
  t.same(await versions(databaseUrl), upTo(here + 1))
  await load.more(100, 20)
  reading.abort()
  await readers
  const another = await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl, concurrency: 200 })
  t.match(await another.task(await another.create()), { status: 'queued' })
  await load.stopCreating()
  await untilDone(another, witness)
  await load.stop()
  const tasks = await witness.lookAtTasks(another.task)
  t.same(witness.violations, [])
  t.same([...load.refusals.keys()], [], 'nobody was refused meanwhile')
  t.ok(tasks.every(({ status }) => status === 'completed'))
})

t.test('a program that the newer schema says it is too old for does not start, says what to do, and leaves the schema', async (t) => {
  const databaseUrl = await createDatabase(t)
  await start(databaseUrl, next(here + 1))
  await t.rejects(orchestrate(t, { databaseUrl }), { code: 'CTX_STORE_TOO_NEW', message: new RegExp(`version ${here + 1}.*knows up to ${here}; run the newer program`) })
  t.same(await versions(databaseUrl), upTo(here + 1))
})

t.test('two that start at once on an empty database, and two on an older schema, migrate it once', async (t) => {
  const databaseUrl = await createDatabase(t)
  const both = await Promise.all([orchestrate(t, { databaseUrl }), orchestrate(t, { databaseUrl })])
  const id = await both[0].create()
  t.same(await versions(databaseUrl), upTo(here))
  await Promise.all([start(databaseUrl, next(here)), start(databaseUrl, next(here)), start(databaseUrl, migrations)])
  t.same(await versions(databaseUrl), upTo(here + 1))
  t.match(await both[1].task(id), { id })
})

t.test('a migration that fails leaves nothing half done, and the older program goes on', async (t) => {
  const databaseUrl = await createDatabase(t)
  const cortex = await orchestrate(t, { databaseUrl })
  await t.rejects(start(databaseUrl, next(here, `${addition}; SELECT 1 / 0`)), { code: '22012' })
  t.same(await versions(databaseUrl), upTo(here))
  t.same(await ask(databaseUrl, "SELECT 1 FROM pg_tables WHERE schemaname = 'cortex' AND tablename = 'tenants'"), [])
  t.match(await cortex.task(await cortex.create()), { status: 'queued' })
  await start(databaseUrl, next(here))
  t.same(await versions(databaseUrl), upTo(here + 1))
})

t.test('a data folder of a newer program is refused in the same words', async (t) => {
  const home = await temporaryFolder(t)
  await (await orchestrate(t, { home })).stop()
  const file = new DatabaseSync(join(home, 'tasks.db'))
  file.exec('PRAGMA user_version = 1000')
  file.close()
  await t.rejects(orchestrate(t, { home }), { code: 'CTX_STORE_TOO_NEW', message: /version 1000.*run the newer program/ })
})
