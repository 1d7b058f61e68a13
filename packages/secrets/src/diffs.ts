import { placesIn, type SecretFound, type Shift } from './found.ts'

/** Begins what belongs to a line of a file, behind its sign. A key that begins with five dashes is none that was taken out. */
const inHunk = /^(?:[ +]|\\ |-(?!----BEGIN )|$)/

/** One reading of a text: some of its lines, or what is left of them, each still known by its place. */
interface Reading { lines: string[], shifts: Shift[], inner: number }

/**
 * Secrets in a unified diff, whose lines are read without the sign they begin with, and what stands around them by itself; undefined where there is
 * no diff. `find` is what looks for them.
 */
export function findInDiff (text: string, find: (plain: string) => readonly SecretFound[]): SecretFound[] | undefined {
  if (!/^(?:diff --git |@@ -)/m.test(text)) return undefined
  const [inside, around]: [Reading, Reading] = [{ lines: [], shifts: [], inner: 0 }, { lines: [], shifts: [], inner: 0 }]
  const add = (reading: Reading, line: string, raw: number) => {
    reading.shifts.push({ inner: reading.inner, raw })
    reading.lines.push(line)
    reading.inner += line.length + 1
  }
  const lines = text.split('\n')
  let raw = 0
  let isHunk = false
  for (const [number, line] of lines.entries()) {
    const isHeading = line.startsWith('@@ -') || line.startsWith('diff --git ') || (line.startsWith('--- ') && lines[number + 1]?.startsWith('+++ ') === true)
    isHunk = !isHeading && isHunk && inHunk.test(line)
    // What stands between two parts of a file ends a document.
    add(inside, isHunk ? line.slice(1) : '---', isHunk && line !== '' ? raw + 1 : raw)
    add(around, isHunk ? '' : line, raw)
    if (line.startsWith('@@ -')) isHunk = true
    raw += line.length + 1
  }
  return [inside, around].flatMap(({ lines, shifts }) => placesIn(find(lines.join('\n')), shifts))
}
