export const severities = ['critical', 'high', 'medium', 'low'] as const
export type Severity = typeof severities[number]

/** One thing that is wrong, where it stands and what would be right. */
export interface Finding {
  rule: string
  severity: Severity
  path: string
  line: number
  what: string
  fix: string
}

/** Where in a file a field stands. */
export type Keys = ReadonlyArray<string | number>
export type Report = (rule: string, severity: Severity, keys: Keys, what: string, fix: string) => void

export function sortFindings (findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line))
}

export function countBySeverity (findings: readonly Finding[]): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 }
  for (const { severity } of findings) counts[severity]++
  return counts
}

/** Text of a file inside a Markdown table: it can neither end the cell nor become markup. */
export function cell (text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]<>|#]/g, '\\$&').slice(0, 300)
}

export function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** `1 file`, `2 files`. */
export function amount (count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
