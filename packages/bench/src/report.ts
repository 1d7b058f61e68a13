import type { Machine } from './machine.ts'
import { isMet, type Gap, type Row, type Target } from './scenario.ts'

export interface Measured {
  readonly scenario: string
  readonly about: string
  readonly rows: ReadonlyArray<Row | Gap>
}

/** What the JSON holds. */
export interface Report {
  readonly at: string
  readonly machine: Machine
  readonly scenarios: ReadonlyArray<{ readonly scenario: string, readonly about: string, readonly rows: ReadonlyArray<Gap | Row & { readonly met: boolean | null }> }>
}

export function toReport (at: Date, machine: Machine, measured: readonly Measured[]): Report {
  return { at: at.toISOString(), machine, scenarios: measured.map(({ rows, ...rest }) => ({ ...rest, rows: rows.map((row) => 'missing' in row ? row : { ...row, met: isMet(row) }) })) }
}

export function renderMachine ({ cpu, cores, memory_gb: memory, node, system, file_system: files, load }: Machine): string {
  return `${cpu}, ${cores} cores, ${memory} GB · Node ${node} · ${system} · ${files} · load ${load} at the start`
}

/** A table a person reads: one line a figure, and below it what could not be taken. */
export function renderRows ({ scenario, about, rows }: Measured): string {
  const lines = [['', 'figure', 'single rounds', 'target', ''], ...rows.flatMap((row) => 'missing' in row ? [] : [renderRow(row)])]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const table = lines.map(([measure = '', ...figures]) => `  ${measure.padEnd(widths[0] ?? 0)}  ${figures.map((figure, index) => figure.padStart(widths[index + 1] ?? 0)).join('  ')}`.trimEnd())
  const gaps = rows.flatMap((row) => 'missing' in row ? `  ${row.measure}: NOT MEASURED, ${row.missing}` : [])
  return `${scenario}: ${about}\n${[...table, ...gaps].join('\n')}\n`
}

function renderRow (row: Row): string[] {
  const rounds = row.low === row.high ? '' : `${format(row.low, row)} to ${format(row.high, row)}`
  return [row.measure, format(row.value, row), rounds, renderTarget(row.target, row), { true: 'met', false: 'NOT MET', null: '' }[`${isMet(row)}`]]
}

const signs = { below: '<', 'at most': '≤', 'at least': '≥', above: '>' } as const

function renderTarget (target: Target | null, row: Row): string {
  if (!target) return ''
  return `${signs[target.is]} ${target.value.toLocaleString('en')}${row.unit === '/s' ? '' : ' '}${row.unit}`
}

function format (value: number, { unit }: Row): string {
  const whole = unit === '/s' || unit === 'MB' || value >= 100
  const number = value.toLocaleString('en', whole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3, minimumSignificantDigits: 3 })
  return unit === '/s' ? `${number}/s` : `${number} ${unit}`
}
