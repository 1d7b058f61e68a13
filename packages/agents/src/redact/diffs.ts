import { placesIn, type SecretFound, type Shift } from './found.ts'

const heading = /^(?:diff --git |index |@@ -|\+\+\+ |--- )/

/** Secrets in a unified diff, whose lines are read without the sign they begin with. `find` is what looks for them. */
export function findInDiff (text: string, find: (plain: string) => readonly SecretFound[]): SecretFound[] {
  if (!/^(?:diff --git |@@ -)/m.test(text)) return []
  const shifts: Shift[] = []
  const plain: string[] = []
  let inner = 0
  let raw = 0
  for (const line of text.split('\n')) {
    // What stands between two parts of a file ends a document.
    const rest = heading.test(line) ? '---'.padEnd(line.length - 1) : line.slice(1)
    shifts.push({ inner, raw: raw + line.length - rest.length })
    plain.push(rest)
    inner += rest.length + 1
    raw += line.length + 1
  }
  return placesIn(find(plain.join('\n')), shifts)
}
