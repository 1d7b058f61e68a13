/** What a licence asks of those who pass the package on; the worst last. */
export const grades = ['permissive', 'weak copyleft', 'not told', 'strong copyleft'] as const
export type Grade = typeof grades[number]

const strong = /^(?:AGPL|GPL|SSPL|OSL|EUPL|CC-BY-SA|CC-BY-NC|RPL|SLEEPYCAT|BUSL|ELASTIC)/
const weak = /^(?:LGPL|MPL|EPL|CDDL|CPL|MS-RL|ERPL)/
const permissive = /^(?:MIT|ISC|APACHE|BSD|0BSD|UNLICENSE$|CC0|CC-BY-[34]|WTFPL|ZLIB|PYTHON|PSF|BLUEOAK|BSL-1\.0|ARTISTIC-2|AFL|POSTGRESQL|UNICODE|W3C|X11|NCSA|HPND|CURL|PUBLIC[- ]DOMAIN)/

/** Deeper brackets, and longer expressions, than any licence has are not read. */
const lengthLimit = 500
const depthLimit = 8

/** Judges an SPDX expression: of a choice (`OR`) the mildest counts, of a sum (`AND`) the strictest. */
export function gradeOf (expression: string): Grade {
  if (expression.length > lengthLimit) return 'not told'
  const tokens = expression.replace(/(?<!\s)\s*\/\s*/g, ' OR ').split(/(\(|\)|(?<!\s)\s+(?:AND|OR)\s+)/i).map((token) => token.trim()).filter(Boolean)
  const { grade, rest } = readChoice(tokens, 0)
  return rest.length === 0 ? grade : 'not told'
}

interface Reading { grade: Grade, rest: readonly string[] }

function readChoice (tokens: readonly string[], depth: number): Reading {
  let { grade, rest } = readSum(tokens, depth)
  while (rest[0]?.toUpperCase() === 'OR') {
    const next = readSum(rest.slice(1), depth)
    grade = grades[Math.min(grades.indexOf(grade), grades.indexOf(next.grade))]!
    rest = next.rest
  }
  return { grade, rest }
}

function readSum (tokens: readonly string[], depth: number): Reading {
  let { grade, rest } = readOne(tokens, depth)
  while (rest[0]?.toUpperCase() === 'AND') {
    const next = readOne(rest.slice(1), depth)
    grade = grades[Math.max(grades.indexOf(grade), grades.indexOf(next.grade))]!
    rest = next.rest
  }
  return { grade, rest }
}

function readOne ([first = '', ...rest]: readonly string[], depth: number): Reading {
  if (first !== '(' || depth === depthLimit) return { grade: gradeOfName(first.toUpperCase()), rest }
  const inner = readChoice(rest, depth + 1)
  return inner.rest[0] === ')' ? { grade: inner.grade, rest: inner.rest.slice(1) } : { grade: 'not told', rest: inner.rest }
}

function gradeOfName (name: string): Grade {
  // An exception takes off what makes a licence strong for those who link or compile with it.
  if (/\sWITH\s/.test(name) && strong.test(name)) return 'weak copyleft'
  return strong.test(name) ? 'strong copyleft' : weak.test(name) ? 'weak copyleft' : permissive.test(name) ? 'permissive' : 'not told'
}
