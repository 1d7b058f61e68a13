/** What a licence asks of those who pass the package on; the worst last. */
export const grades = ['permissive', 'weak copyleft', 'not told', 'strong copyleft'] as const
export type Grade = typeof grades[number]

const strong = /^(?:AGPL|GPL|GENERAL PUBLIC|AFFERO|SSPL|OSL|EUPL|CC-BY-SA|CC-BY-NC|RPL|SLEEPYCAT|BUSL|ELASTIC)/
const weak = /^(?:LGPL|LESSER GENERAL|LIBRARY GENERAL|MPL|MOZILLA PUBLIC|EPL|ECLIPSE PUBLIC|CDDL|CPL|MS-RL|ERPL)/
/** Whole names only: `MIT` is one, and something that begins so may be anything. */
const permissive = new RegExp(`^(?:${[
  'MIT(?:-0|-CMU|-FESTIVAL|-MODERN-VARIANT)?', '(?:THE )?MIT LICENSE', 'EXPAT', 'ISC', '(?:THE )?ISC LICENSE', 'APACHE', 'APACHE[- ]?(?:LICENSE[- ])?V?(?:1\\.0|1\\.1|2|2\\.0)', 'BSD', '(?:NEW|REVISED|SIMPLIFIED|MODIFIED) BSD(?: LICENSE)?',
  'BSD[- ][1-4][- ]CLAUSE(?: LICENSE|-PATENT|-VIEWS|-FREEBSD|-NETBSD|-CLEAR|-LBNL|-UC|-ATTRIBUTION)?', 'BSD-SOURCE-CODE', '0BSD', '(?:THE )?UNLICENSE', 'CC0(?:-1\\.0)?', 'CC-BY-[34]\\.0', 'WTFPL', 'ZLIB(?:-ACKNOWLEDGEMENT)?', 'PYTHON-2\\.0(?:\\.1)?', 'PSF(?:-2\\.0)?', 'BLUEOAK-1\\.0\\.0',
  'BSL-1\\.0', 'ARTISTIC-2\\.0', 'AFL-(?:1\\.[12]|2\\.[01]|3\\.0)', 'POSTGRESQL', 'UNICODE-(?:3\\.0|DFS-201[56])', 'W3C(?:-20150513)?', 'X11', 'NCSA', 'HPND', 'CURL', 'PUBLIC[- ]DOMAIN'
].join('|')})\\+?$`)
/** What SPDX lists as taking something off a licence; other words behind `WITH` may as well put something on. */
const exceptions = /^(?:LLVM|SWIFT|CLASSPATH|GCC|AUTOCONF|BISON|BOOTLOADER|FONT|LIBTOOL|FLTK|GNAT|MIF|U-BOOT|ECOS|FREERTOS|CLISP|WXWINDOWS|UNIVERSAL-FOSS|OCAML-LGPL-LINKING|LGPL-3\.0-LINKING|QT-GPL|QT-LGPL)-EXCEPTION(?:-[\d.]+)?$|^LINUX-SYSCALL-NOTE$|^OPENJDK-ASSEMBLY-EXCEPTION-1\.0$/

/** Deeper brackets, and longer expressions, than any licence has are not read. */
const lengthLimit = 500
const depthLimit = 8

/** Judges an SPDX expression: of a choice (`OR`) the mildest counts, of a sum (`AND`) the strictest. */
export function gradeOf (expression: string): Grade {
  if (expression.length > lengthLimit) return 'not told'
  // A list without AND or OR is held to be a sum.
  const listed = expression.replace(/,\s{1,3}version\s/gi, ' ').replace(/[,;]/g, ' AND ')
  const tokens = listed.replace(/(?<!\s)\s*\/\s*/g, ' OR ').split(/(\(|\)|(?<!\s)\s+(?:AND|OR)\s+)/i).map((token) => token.trim()).filter(Boolean)
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

function gradeOfName (written: string): Grade {
  const [name = '', exception, ...more] = written.replace(/^(?:THE )?GNU[ -]/, '').split(/\sWITH\s/).map((part) => part.trim())
  const isExcepted = more.length === 0 && exception !== undefined && exceptions.test(exception)
  // An exception takes off what makes a licence strong for those who link or compile with it.
  if (strong.test(name)) return isExcepted ? 'weak copyleft' : 'strong copyleft'
  if (weak.test(name)) return 'weak copyleft'
  return permissive.test(name) && (exception === undefined || isExcepted) ? 'permissive' : 'not told'
}
