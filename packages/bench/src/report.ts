import type { Machine } from './machine.ts'
import { isMet, type Row, type Target } from './scenario.ts'

export interface Measured {
  readonly scenario: string
  readonly about: string
  readonly rows: readonly Row[]
}

/** What the JSON holds. */
export interface Report {
  readonly at: string
  readonly machine: Machine
  readonly scenarios: ReadonlyArray<{ readonly scenario: string, readonly about: string, readonly rows: ReadonlyArray<Row & { readonly met: boolean | null }> }>
}

export function toReport (at: Date, machine: Machine, measured: readonly Measured[]): Report {
  return { at: at.toISOString(), machine, scenarios: measured.map(({ rows, ...rest }) => ({ ...rest, rows: rows.map((row) => ({ ...row, met: isMet(row) })) })) }
}

export function renderMachine ({ cpu, cores, memory_gb: memory, node, system, file_system: files, load }: Machine): string {
  return `${cpu}, ${cores} cores, ${memory} GB · Node ${node} · ${system} · ${files} · load ${load} at the start`
}

/** A table a person reads: one line a figure. */
export function renderRows ({ scenario, about, rows }: Measured): string {
  const lines = [['', 'figure', 'single rounds', 'target', ''], ...rows.map((row) => [
    row.measure, format(row.value, row), `${format(row.low, row)} to ${format(row.high, row)}`, renderTarget(row.target, row), { true: 'met', false: 'NOT MET', null: '' }[`${isMet(row)}`]
  ])]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const table = lines.map(([measure = '', ...figures]) => `  ${measure.padEnd(widths[0] ?? 0)}  ${figures.map((figure, index) => figure.padStart(widths[index + 1] ?? 0)).join('  ')}`.trimEnd())
  return `${scenario}: ${about}\n${table.join('\n')}\n`
}

function renderTarget (target: Target | null, row: Row): string {
  if (!target) return ''
  return `${target.is === 'below' ? '<' : '≥'} ${target.value}${row.unit === '%' ? ' %' : ` ${row.unit}`}`
}

function format (value: number, { unit }: Row): string {
  const whole = unit === '/s' || unit === 'MB' || value >= 100
  const number = value.toLocaleString('en', whole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3, minimumSignificantDigits: 3 })
  return unit === '/s' ? `${number}/s` : `${number} ${unit}`
}
