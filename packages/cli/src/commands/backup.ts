import type { BackupManifest, PartName } from '@cortex/standalone/backup'
import { asJson, defineCommand } from '../command.ts'
import { bytes } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { oneLine } from '../terminal/visible-text.ts'

const parts = ['access', 'chat', 'tasks', 'workspace'] as const satisfies readonly PartName[]
const only = { value: 'PART', choices: parts, many: true, text: 'This part instead of all there are' } as const

export const backup = defineCommand({
  words: 'backup',
  summary: 'Copy conversations, tasks, workspace, sessions and API tokens into one file',
  details: 'Cortex may run meanwhile. The file appears when all of it is on disk, and nothing is overwritten. With PostgreSQL it holds the workspace, and the rest is backed up with pg_dump: see docs/backup.md.',
  args: [{ name: 'FILE', completes: 'file', text: 'Where to write it, as cortex-2026-01-31.tar.gz' }],
  options: { only, ...asJson },
  examples: ['cortex backup /backups/cortex-$(date +%F).tar.gz'],
  async run ({ args: [file = ''], options, env, terminal, path, signal }) {
    const { backUp, placeOf } = await import('@cortex/standalone/backup')
    const { progress } = terminal
    const target = path(file)
    const manifest = await backUp({ place: placeOf(env), file: target, only: partsIn(options.only), onProgress: progress.show, signal }).finally(progress.clear)
    if (options.json) terminal.json({ file: target, ...manifest })
    else {
      terminal.out(`${oneLine(target)} holds\n${describe(manifest)}`)
      tellOfTasks(manifest, terminal, 'all but the workspace is in PostgreSQL and not in this file: back up the database with pg_dump, see docs/backup.md')
    }
    return undefined
  }
})

export const restore = defineCommand({
  words: 'restore',
  summary: 'Make the data folder anew from a backup',
  details: 'CORTEX_HOME names the folder, which must be new or empty, or with --replace may hold what was there before; everything is compared with the manifest before anything is moved. Cortex must be stopped, and cannot start meanwhile; start it afterwards: it writes the task files. One that was killed is called again, and finishes.',
  args: [{ name: 'FILE', completes: 'file', text: 'The backup' }],
  options: { only, replace: { text: 'Move what is there into a folder replaced-TIME beside it, instead of refusing' }, ...asJson },
  examples: ['CORTEX_HOME=/var/lib/cortex cortex restore /backups/cortex-2026-01-31.tar.gz'],
  async run ({ args: [file = ''], options, env, terminal, path, signal }) {
    const { restore, placeOf } = await import('@cortex/standalone/backup')
    const { progress } = terminal
    const place = placeOf(env)
    const manifest = await restore({ place, file: path(file), only: partsIn(options.only), replace: options.replace, onProgress: progress.show, signal }).finally(progress.clear)
    if (options.json) terminal.json({ home: place.home, ...manifest })
    else {
      terminal.out(`Restored to ${oneLine(place.home)}, as of ${manifest.created_at}:\n${describe(manifest)}`)
      if (manifest.audit) terminal.out(`Check the audit with: cortex audit verify --contains ${manifest.audit.hash}\n`)
      tellOfTasks(manifest, terminal, 'all but the workspace was in PostgreSQL: restore the database before you start Cortex, see docs/backup.md')
    }
    return undefined
  }
})

function partsIn (given: readonly string[]): PartName[] | undefined {
  return given.length === 0 ? undefined : parts.filter((name) => given.includes(name))
}

function describe ({ parts, audit }: BackupManifest): string {
  return parts.map((part) => {
    if (part.name === 'workspace') return `  workspace  ${bytes(part.bytes)}, at commit ${part.head.slice(0, 12)}${part.uncommitted > 0 ? `; ${part.uncommitted} uncommitted paths are not in it` : ''}\n`
    const what = part.name === 'access' ? `${part.rows['credentials'] ?? 0} sessions and API tokens` : part.name === 'chat' ? count(part.rows['conversations'], 'conversation') : `${count(part.rows['tasks'], 'task')}, ${part.rows['archived_tasks'] ?? 0} archived; the audit ends in entry ${audit?.seq ?? 0}`
    return `  ${part.name.padEnd(9)}  ${bytes(part.bytes)}, ${what}\n`
  }).join('')
}

function count (rows: number | undefined, noun: string): string {
  return `${rows ?? 0} ${noun}${rows === 1 ? '' : 's'}`
}

function tellOfTasks ({ tasks_in: where }: BackupManifest, terminal: Terminal, text: string): void {
  if (where === 'postgresql') terminal.note(text)
}
