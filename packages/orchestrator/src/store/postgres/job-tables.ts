import boss from 'pg-boss/package.json' with { type: 'json' }
import { StoreTooNew } from '../../errors.ts'

/** The schema of pg-boss, which makes and migrates its own tables in it. */
export const jobSchema = 'cortex_boss'

/**
 * pg-boss takes tables of a newer version for its own, and nothing says that it may.
 * @throws CTX_STORE_TOO_NEW
 */
export async function refuseNewerJobs (query: <Row extends object>(text: string) => Promise<Row[]>): Promise<void> {
  const [there] = await query<{ there: boolean }>(`SELECT to_regclass('${jobSchema}.version') IS NOT NULL AS there`)
  if (!there?.there) return
  const [jobs] = await query<{ version: number }>(`SELECT version FROM ${jobSchema}.version`)
  if (jobs && jobs.version > boss.pgboss.schema) throw new StoreTooNew(`${jobs.version} of its jobs (${jobSchema})`, boss.pgboss.schema)
}
