const placeholder = new RegExp(`^(?:${[
  'change[-_ ]?(?:me|this|it)\\w*', 'replace[-_ ]?\\w*', 'example\\w*', 'placeholder', 'dummy', 'fake', 'sample', 'todo', 'tbd', 'fixme', 'your[-_ ]?.*', 'insert[-_ ].*', 'enter[-_ ].*', 'put[-_ ].*', 'set[-_ ]?me\\w*', 'fill[-_ ]?me\\w*',
  'none', 'null', 'nil', 'undefined', 'true', 'false', 'yes', 'no', 'on', 'off', 'required', 'optional', 'redacted', 'hidden', 'masked', 'omitted', 'empty', 'unset', 'default', 'auto', 'generated', 'generate', 'random',
  'string', 'str', 'text', 'varchar', 'bytes?', 'number', 'integer', 'int', 'bool(?:ean)?', 'any', 'unknown', 'object', 'secretstr', 'secretkeyref', 'valuefrom', 'inherit', 'write', 'read', 'function',
  '\\*+', 'x{3,}', '\\.{2,}', '…', '-+', '_+', '~', '#+', '0+'
].join('|')})$`, 'i')

const reference = [
  /\$\{|\{\{|<%|\$\(|%\(/, // a template in it
  /^\$[A-Za-z_]\w*$/, /^%[A-Za-z_]\w*%?$/, /^\{[^}]*\}$/, /^<[^>]*>$/, /^\[.*/, /^\*\w+$/, /^&\w+$/, /^(?:ssh|ecdsa|sk)-[a-z0-9@.-]{3,60}$/, /^![A-Za-z]/, /^#/, /^<<[-~]?["']?\w+["']?$/,
  /^[a-z][a-z0-9+.-]{1,20}:\/\//i, /^(?:arn:|vault:|ref\+|op:|ENC\[|enc:|sops:|sealed:|secret:|kms:|ssm:|sm:|env:|file:|cmd:|@Microsoft\.KeyVault)/i, /^(?:sha\d{1,3}|md5)[:-]/i, /^Ag[A-Za-z0-9+/]{200,}={0,2}$/,
  /^AAAA[BCEI][0-9A-Za-z+/]{4}/, /^(?:ssh|ecdsa|sk)-[a-z0-9@.-]{3,60}[ \t]+AAAA/, // public keys
  /^(?:projects|secrets?|kv|vault|ssm|creds?)\/[\w/.-]+$/i,
  /^(?:process\.env|os\.(?:environ|getenv)|import\.meta|System\.getenv|Deno\.env|env)\b[.[(]/
]

/** Whether what stands where a secret would is only the place for one: a reference, a template, a path, a word such as changeme. */
export function isPlaceholder (value: string): boolean {
  return placeholder.test(value) || reference.some((pattern) => pattern.test(value)) || isPath(value)
}

/** Whether none of its lines holds more than the place for a secret. */
export function isOnlyPlaces (value: string): boolean {
  return isPublic(value) || value.split('\n').every((line) => line.trim() === '' || isPlaceholder(line.trim()))
}

/** A certificate or the half of a pair that everybody may have. */
function isPublic (value: string): boolean {
  return /^\s{0,80}-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}(?:PUBLIC KEY|CERTIFICATE)/.test(value) && !value.includes('PRIVATE ')
}

/** A file that holds it. Some random values begin with a slash too. */
function isPath (value: string): boolean {
  return /^(?:\/|\.{1,2}\/|~\/|[A-Za-z]:\\)[\w./\\@~-]*$/.test(value) && !value.split(/[/\\.]/).some((part) => part.length >= 12 && /\d/.test(part) && /[A-Z]/.test(part) && /[a-z]/.test(part))
}

/** `user.password`, `getToken()`: a value in a program's own hands. */
export function isExpression (value: string): boolean {
  return /^[A-Za-z_$][\w$.]*(?:\([^()]*\)|\[[^[\]]*\])[!;,]?$/.test(value) || /^[A-Za-z_$][A-Za-z_$]*(?:(?:\?\.|\.|->|::)[A-Za-z_$][\w$]*)+[!;]?$/.test(value)
}

/** The same with a digit in it: what is no word of any kind. */
export function isDrawn (value: string): boolean {
  return /\d/.test(value) && looksGenerated(value)
}

/** The same, where little else tells that it is a secret: no number, and no path or label with digits in its words. */
export function isDrawnValue (value: string): boolean {
  return (isDrawn(value) || isMixed(value)) && !isPlaceholder(value) && /[A-Za-z]/.test(value) && !value.split(/[-_./:@,+=#]/).every((part) => /^(?:v?\d{0,8}|[A-Za-z]?[a-z]{0,20}\d{0,4}|[A-Z]{1,12}\d{0,4}|\d{1,4}[a-z]{1,10})$/.test(part))
}

/** Letters alone, in an order of large and small ones that no words have. */
function isMixed (value: string): boolean {
  const words = value.match(/[A-Z]?[a-z]+|[A-Z]+/g) ?? []
  return looksGenerated(value) && value.length >= 10 && words.length >= 5 && words.join('').length <= words.length * 3
}

/** What kustomize sets behind names, of what they hold. */
const nameWithHash = /^[a-z][a-z0-9]{0,20}(?:-[a-z0-9]{1,20}){0,8}-[2456789bcdfghkmt]{10}$/
/** Names of the parts of a Secret: `password2`. */
const nameOfPart = /^(?:pass(?:word|wd)?|user(?:name)?|token|secret|key|value)\d{1,3}$/i

/** Whether it looks drawn by chance, rather than like a name: `grafana-admin`, `accessToken`, `projects/x/versions/1`. */
export function looksGenerated (value: string): boolean {
  if (value.length < 8 || /\s/.test(value) || nameWithHash.test(value) || nameOfPart.test(value)) return false
  const parts = value.split(/[-_./:@]/)
  if (parts.length > 1 && parts.every((part) => /^(?:[A-Za-z]{1,15}\d{0,3}|\d{1,4}|)$/.test(part) && !/[a-z][A-Z]{2,}[a-z]|[A-Z][a-z]?[A-Z][a-z]?[A-Z]/.test(part))) return false
  if (/^[A-Za-z][a-z]+(?:[A-Z][a-z]{2,})*$/.test(value)) return /^[a-z]{14,}$/.test(value)
  if (/^[A-Z][A-Z_]*$/.test(value)) return false
  return /\d/.test(value) || /[^A-Za-z0-9_.:/-]/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value))
}
