import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine } from './machine.ts'
import { renderMachine, renderRows, toReport, type Measured } from './report.ts'
import type { Gap, Row, Scenario } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'

const usage = `Usage: npm run bench -- [--only NAME]… [--json FILE]

Measures in temporary folders (TMPDIR says where) and prints a table, then the same as JSON. A figure off its target is told and is no
failure; the exit code is 1 only when a scenario broke.

  --only NAME   run this scenario; may be given more than once
  --json FILE   write the JSON there instead of printing it
  --help

${scenarios.map(({ name, about }) => `  ${name.padEnd(22)}  ${about}`).join('\n')}
`

const { values: { only = [], json, help } } = parseArgs({
  options: { only: { type: 'string', multiple: true }, json: { type: 'string' }, help: { type: 'boolean', short: 'h' } }
})
const unknown = only.filter((name) => !scenarios.some((scenario) => scenario.name === name))
if (help) process.stdout.write(usage)
else if (unknown.length > 0) {
  process.stderr.write(`There is no scenario ${unknown.join(', ')}\n\n${usage}`)
  process.exitCode = 2
} else await main(scenarios.filter(({ name }) => only.length === 0 || only.includes(name)))

async function main (chosen: readonly Scenario[]): Promise<void> {
  const began = new Date()
  const folder = await mkdtemp(join(tmpdir(), 'cortex-bench-'))
  const machine = await describeMachine(folder)
  process.stdout.write(`${renderMachine(machine)}\n\n`)
  const measured: Measured[] = []
  try {
    for (const scenario of chosen) {
      const rows = await measure(scenario, folder)
      if (!rows) continue
      measured.push({ scenario: scenario.name, about: scenario.about, rows })
      process.stdout.write(`${renderRows({ scenario: scenario.name, about: scenario.about, rows })}\n`)
    }
  } finally {
    // Not before the last figure is taken: deleting many files makes new ones slow for a while.
    await rm(folder, { recursive: true, force: true })
  }
  const report = `${JSON.stringify(toReport(began, machine, measured), null, 2)}\n`
  if (json === undefined) process.stdout.write(report)
  else await writeFile(json, report)
}

/** Answers null when it broke: the others still have something to say. */
async function measure ({ name, run }: Scenario, parent: string): Promise<Array<Row | Gap> | null> {
  const folder = join(parent, name)
  await mkdir(folder)
  try {
    return await run({ folder, say: (what) => process.stderr.write(`${name}: ${what}\n`) })
  } catch (error) {
    process.stderr.write(`${name} broke: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
    return null
  }
}
