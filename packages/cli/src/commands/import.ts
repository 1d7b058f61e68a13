import { defineCommand } from '../command.ts'

export const importFiles = defineCommand({
  words: 'import',
  summary: 'Take the task files of the first version into the store',
  details: 'Tells by file what was taken, mapped and refused; nothing in DIR is changed, and a second run takes only what is new. With SQLite, Cortex must be stopped. Refused files do not make it fail.',
  args: [{ name: 'DIR', completes: 'folder', text: 'The folder with one JSON file a task' }],
  options: {
    'dry-run': { text: 'Tell, and store nothing' },
    run: { text: 'Let unfinished tasks start with Cortex; without it they are stored as cancelled, and a retry starts them one by one' },
    json: { text: 'The report as JSON' }
  },
  async run ({ args: [folder = ''], options, env, terminal, path }) {
    const { importTasks, renderReport, toJson } = await import('@cortex/orchestrator/import')
    const report = await importTasks(env, { folder: path(folder), dryRun: options['dry-run'], run: options.run })
    terminal.out(options.json ? toJson(report) : renderReport(report))
    return undefined
  }
})
