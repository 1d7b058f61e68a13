import { isDrawnValue, isOnlyPlaces, isPlaceholder, looksGenerated } from './not-a-secret.ts'

/** Values of these are secrets even when they look like words. */
const passwords = 'passwords?|passwd|passphrase|passcode|pwd|(?:root|admin|user|bind|db)pw|(?:store|key|trust)pass|psk|pass|pw|requirepass|masterauth|(?:seed|recovery|mnemonic)[_-]?phrase|(?:snmp|ro|rw)[_-]?community|community[_-]?string'
const keys = 'secrets?|tokens?|credentials?|creds|jwts?|salt|unseal[ _-]?keys?|(?:api|access|account|secret|private|signing|encrypt(?:ion)?|master|auth|shared|hmac|app|session|storage|service|admin|license|deploy|webhook|integration)[_-]?keys?|(?:encrypt|signing|wallet|auth)\\.keys?|(?:secret|signing)[_-]?key[_-]?base|erlang[_-]?cookie|(?:[ht]?otp|mfa|[2t]fa|wallet)[_-]?seed'
/** The same in other languages. What stands behind one in a sentence is none we know, so its value has to look drawn by chance as well. */
const translated = 'kennw(?:o|ö|oe)rte?r?|passw(?:o|ö|oe)rte?r?|contrase(?:ñ|n\u0303|ny?)as?|mots?[_ -]?de[_ -]?passe|senhas?|has[lł]o|wachtwoord(?:en)?|l(?:ö|o)senord|passord|adgangskode|salasana|heslo|parola|[sş]ifre|jelsz[oó]|парол[ьи]|パスワード|暗証番号|密[码碼]|口令|비밀번호|암호'
/** Ends of names that tell less: what has one is a secret only where its value has to be one, wherever it stands. */
const doubtful = 'keys?|auth|schl(?:ü|ue)ssel'

/** Where it holds, since when and for whom, which may stand behind the word: `DB_PASSWORD_PROD`, `API_KEY_V2`, `TOKEN_RO`. */
const forWhat = 'prod(?:uction)?|prd|live|pre[_-]?prod|stag(?:e|ing)|stg|dev(?:el(?:opment)?)?|test(?:ing)?|qa|uat|int(?:egration)?|sandbox|canary|demo|local|ci|old|new|prev(?:ious)?|cur(?:rent)?|orig(?:inal)?|primary|secondary|main|master|replica|backup|bak|fallback|ro|rw|readonly|read|write|admin|root|owner|app|default|legacy|te?mp|v\\d{1,3}'

/** What the name of a secret ends with, as the source of a pattern whose one group is the word. */
export const nameEnd = `(${passwords}|${keys}|${translated}|${doubtful})(?:[_-]?(?:b64|base64|value|plain|\\d{1,2})|[ _-]\\d|(?:[_-](?:${forWhat})){1,2})?`

/** What each of these names holds, so that most texts and lines are passed over quickly. */
export const hint = /pass|pwd|pw|psk|secret|token|cred|key|jwt|salt|auth(?![a-z])|phrase|community|cookie|seed|kennw|contrase|senha|has[lł]o|wachtw|l[oö]senord|adgangsk|salasana|heslo|parola|[sş]ifre|jelsz|schl(?:ü|ue)ss|парол|パスワ|暗証|密[码碼]|口令|비밀|암호/i

/** Just before the word: what is named is not a secret, though its name ends like one. */
// eslint-disable-next-line prefer-regex-literals -- the target of the types does not know (?i:) yet
const aboutOne = new RegExp('(?:^|[^A-Za-z]|(?<=[a-z])(?=[A-Z]))(?i:checksum|hash|digest|sha\\d{0,3}|public|next|page|continu\\w{0,6}|max|min|num|count|expired?|invalid|missing|unknown|unexpected|bad|wrong|existing|kubernetes\\.io/auth)[-_./ ]?$|(?:^|[^A-Za-z]|(?<=[a-z])(?=[A-Z]))(?i:is|has|show|hide)_?$')
/** Before `key`: what it opens is no lock but a table, a queue, a page; or everybody may have it. */
const openKey = [
  'recv|pub|publi[cs]\\w{0,6}|site|host|gpg|pgp|rpm|kms|authorized|known', 'primary|foreign|candidate|composite|surrogate|natural|sort|order|partition|range|hash|shard|unique|index|idx|row|column|cluster(?:ing)?|group(?:ing|by)?|join|record|document|entity|table',
  'cache|restore|map|object|s3|lookup|search|query|config|settings?|param(?:eter)?|property|attribute|field|label|annotation|tag|header|env|variable|translation|i18n|locale|message|event|topic|binding|correlation|idempotency|dedup\\w{0,12}|request|item|list|node|tree|data|state|store|redis|lock|rate|metric|dimension|topology|toleration|selector|match\\w{0,12}|project|issue|space|team|workspace|customer|tenant|path|file|folder|remote|prefix|registry|sub',
  'hot|any|enter|arrow|tab|up|down|left|right|escape|return|function|modifier|shortcut|press|on|the|by|with|of|to|for|this|that|each|every|no|same|first|last|top|other'
].join('|')
const aboutKey = new RegExp(`(?:^|[^A-Za-z0-9]|(?<=[a-z0-9])(?=[A-Z]))(?i:${openKey})[_-]?$`)
/** `monkey` is no key, `enckey` is one. */
const writtenTogether = /(?:^|[^a-z])(?:enc|db|aes|jwt|crypt|sign|priv|data|root|backup|cookie)$/i
/** `compass` is no pass, `dbpass` is one. */
const passOf = /(?:^|[^a-z])(?:db|sql|mysql|pg|postgres|maria|mongo|redis|ldap|ftp|sftp|ssh|smtp|imap|mail|e?mail|smb|cifs|vpn|wifi|web|http|api|app|my|our|user|usr|root|sudo|su|admin|adm|sys|sa|login|host|server|srv|proxy|auth|basic|rabbit|mq|mqtt|amqp|kafka|es|elastic|grafana|jenkins|nexus|git|docker|reg|backup|repl|master|slave|bind|zip|cert|pem|p12|pfx|jks|enc|new|old|tmp|test|dev|prod)$/i
const isDoubtful = new RegExp(`^(?:${doubtful})$`, 'i')
const isPassword = new RegExp(`^(?:${passwords})$`, 'i')
const fieldName = new RegExp(`${nameEnd}$`, 'i')

/** The word that makes a secret of what has this name; undefined where it is none. */
export function secretWord (name: string): string | undefined {
  const ending = fieldName.exec(name)
  return ending && namesSecret(name.slice(0, ending.index), ending[1]!) ? ending[1] : undefined
}

/** Whether a field by this name holds a secret when it has this value. A value of lines is one as the block below the name would be. */
export function isSecretField (name: string, value: string): boolean {
  const word = secretWord(name)
  return word !== undefined && (value.includes('\n') ? isSecretBlock(word, value) : isSecretValue(word, value.trim(), isShouted(name)))
}

/** Whether a name tells so little that its value has to look drawn by chance. */
export function isDoubtfulName (word: string): boolean {
  return isDoubtful.test(word)
}

/** Whether the lines of a block below a secret's name are one. Below a doubtful name, one of their words has to be. */
export function isSecretBlock (word: string, lines: string): boolean {
  return !isOnlyPlaces(lines) && (!isDoubtfulName(word) || lines.split(/\s+/).some((each) => isDrawnValue(each)))
}

/** Whether a name is one of many secrets, which may be told apart by names of their own: `tokens = { ci = "…" }`. */
export function namesMany (name: string): boolean {
  return /(?:tokens|secrets|keys|passwords)$/i.test(name) && secretWord(name) !== undefined
}

/** Whether a name is written as those of variables of the environment are. */
export function isShouted (name: string): boolean {
  return /^[A-Z0-9_]+$/.test(name)
}

/** Whether the word, behind what stands before it, ends the name of a secret. */
export function namesSecret (before: string, word: string): boolean {
  if (aboutOne.test(before)) return false
  if (/^keys?$/i.test(word)) return (/[A-Za-z0-9][_-]$/.test(before) || (/[a-z0-9]$/.test(before) && /^K/.test(word)) || writtenTogether.test(before)) && !aboutKey.test(before)
  return word.length > 4 || !/[A-Za-z]$/.test(before) || passOf.test(before) || (/[a-z]$/.test(before) && /^[A-Z]/.test(word)) || /^[A-Z]*$/.test(before.slice(-4) + word)
}

/** `shouts`: the name is one of the environment's. */
export function isSecretValue (word: string, value: string, shouts = false): boolean {
  if (isPlaceholder(value)) return false
  if (isDoubtfulName(word)) return isDrawnValue(value)
  if (/community/i.test(word) && /^(?:public|private)$/i.test(value)) return false
  if (isPassword.test(word)) return value.length >= 4 && value.toLowerCase() !== word.toLowerCase() && (word.length > 4 || !/^\d+$/.test(value))
  // Names of more than one are those of counts as well: `total_tokens: 12345678`.
  if (/s$/i.test(word) && /^[\d.,_]+$/.test(value)) return false
  return shouts ? value.length >= 6 && !/^\d+$/.test(value) : looksGenerated(value)
}
