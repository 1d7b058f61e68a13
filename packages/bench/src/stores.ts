import { join } from 'node:path'
import type { ServicesOptions } from './run-under-test.ts'
import { startPostgres } from './servers/postgres.ts'
import { targets } from './targets.ts'

/** What the orchestrator keeps its tasks in. */
export interface Store {
  /** As it stands in the names of scenarios; empty for the one that needs nothing beside the process. */
  readonly suffix: string
  readonly title: string
  readonly targets: typeof targets.sqlite | typeof targets.postgres
  /** Runs work with what tells the services to use it; the folder is empty. */
  within<T> (folder: string, work: (options: Pick<ServicesOptions, 'home' | 'databaseUrl'>) => Promise<T>): Promise<T>
}

export const sqlite: Store = {
  suffix: '',
  title: 'SQLite',
  targets: targets.sqlite,
  within: async (folder, work) => await work({ home: join(folder, 'home') })
}

export const postgres: Store = {
  suffix: '-postgres',
  title: 'PostgreSQL',
  targets: targets.postgres,
  within: async (folder, work) => {
    const server = await startPostgres(join(folder, 'postgres'))
    try {
      return await work({ home: join(folder, 'home'), databaseUrl: server.url })
    } finally {
      await server.close()
    }
  }
}
