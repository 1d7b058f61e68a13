import type { SecretFound } from './found.ts'
import { isPlaceholder } from './not-a-secret.ts'

const kind = 'value of a .env file'
const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]{0,200})[ \t]*=[ \t]*/
const named = /(?:^|\/)(?:\.env(?:\.[\w.-]+)?|[\w.-]+\.env)$/i
const example = /\.(?:example|sample|template|tmpl|dist|defaults?)$/i
/** What these names hold may be drawn by chance and is no secret. */
const open = /(?:^|_)(?:IDS?|UUID|SHA\d*|COMMIT|REVISION|HASH|DIGEST|CHECKSUM|VERSION|TAG|IMAGE|URLS?|URI|HOSTS?|HOSTNAME|DOMAIN|PATH|DIR|FILE|NAME|PORT|REGION|ZONE|EMAIL|ARN|DATE|TIME)$/i

/** Whether a file by this name keeps settings as variables, and not an example of them. */
export function isEnvFile (path: string): boolean {
  return named.test(path) && !example.test(path)
}

/** Variables one below the other that make a list of them, where it is not the whole text. */
const fewest = 3

/**
 * Values of variables, whatever their names are, that are no word, number, version, address or path: in a file that is named as such, and where
 * variables as the environment has them stand one below the other. A word is shown: it is told from a secret by its name alone.
 */
export function findInEnvFile (text: string, isNamed: boolean): SecretFound[] {
  const found: SecretFound[] = []
  let run: SecretFound[] = []
  let assigned = 0
  let at = 0
  let isWhole = true
  const end = () => {
    if (assigned >= fewest || isNamed) found.push(...run)
    run = []
    assigned = 0
  }
  for (const line of text.split('\n')) {
    const from = at
    at += line.length + 1
    if (/^\s*(?:#|$)/.test(line)) continue
    const [whole, name] = assignment.exec(line) ?? []
    if (whole === undefined || name === undefined || (!isNamed && !/^[A-Z][A-Z0-9_]*$/.test(name))) {
      isWhole = false
      end()
      continue
    }
    assigned++
    const rest = line.slice(whole.length)
    const [, double, single, bare = ''] = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s#]*))/.exec(rest) ?? []
    const quoted = double ?? single
    const value = quoted ?? bare
    if (value === '' || /^["']\[redacted: /.test(rest) || isPlaceholder(value) || open.test(name) || isPlain(value)) continue
    run.push({ kind, index: from + whole.length + (quoted === undefined ? 0 : 1), length: value.length, certain: false })
  }
  if (isWhole) return run
  end()
  return found
}

function isPlain (value: string): boolean {
  return /^[\d.,:_-]{1,20}[a-z%]{0,2}$/i.test(value) || /^v?\d[\w.+-]{0,30}$/.test(value) || /\s/.test(value) || value.includes('/') ||
    /^[A-Za-z]+\d{0,3}(?:[-_.,+@][A-Za-z]*\d{0,3}){0,12}(?::\d{1,5})?$/.test(value)
}
