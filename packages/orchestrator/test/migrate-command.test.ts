import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { migrations } from '../src/store/postgres/schema.ts'
import { createDatabase } from './postgres-database.ts'
import { ask } from './support/postgres-load.ts'

async function migrate (databaseUrl?: string) {
  const { DATABASE_URL: _, ...env } = process.env
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/migrate/main.ts', import.meta.url))], { env: { ...env, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) }, stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>])
  return { said, code }
}

t.test('the command brings an empty database up to date and ends, changes nothing when repeated, and says what is missing without one', async (t) => {
  const databaseUrl = await createDatabase(t)
  for (const round of ['first', 'second']) {
    const { said, code } = await migrate(databaseUrl)
    t.equal(code, 0, `the ${round} time: ${said}`)
    t.match(JSON.parse(said.trim().split('\n').at(-1)!), { version: migrations.length, msg: 'the schema is up to date' })
  }
  t.equal((await ask(databaseUrl, 'SELECT version FROM cortex.migrations')).length, migrations.length)
  t.match(await ask(databaseUrl, "SELECT to_regclass('cortex_boss.job') IS NOT NULL AS there"), [{ there: true }])

  for (const [databaseUrl, code] of [[undefined, 'CTX_DATABASE_UNNAMED'], ['', 'CTX_CONFIG_INVALID']] as const) {
    const nameless = await migrate(databaseUrl)
    t.equal(nameless.code, 1)
    t.match(nameless.said, code)
  }
})
