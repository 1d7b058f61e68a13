import { isSecretValue, nameEnd, namesSecret } from './names.ts'
import { isDrawn, isPlaceholder } from './not-a-secret.ts'
import { closeOf, valueLimit } from './value.ts'

const string = '(?:[ENLrbuf@$](?=["\']))?(\\\\{0,3}["\'`])'
/** A setter, or a function of SQL: `setPassword("…")`, `PASSWORD('…')`. */
const setter = new RegExp(`${nameEnd}\\([ \\t]{0,4}${string}`, 'gid')
/** A look-up by name with what counts where there is none: `getenv("DB_PASSWORD", "…")`, `define('DB_PASSWORD', '…')`. */
const lookUp = new RegExp(`(?:get|env|fetch|define|default|property|lookup|set|put|header|variable|append|str|string|string(?:Var)?P|stringVar)\\([ \\t]{0,4}(?:&[\\w.]{1,60},[ \\t]{0,4})?["'][\\w.-]{0,60}?${nameEnd}["'][ \\t]{0,4},[ \\t]{0,20}(?:["']\\w?["'],[ \\t]{0,4})?${string}`, 'gid')
/** The same by an operator: `process.env.API_KEY || '…'`. */
const otherwise = new RegExp(`${nameEnd}["'\`\\])]{0,3}[ \\t]{0,8}(?:\\|\\||\\?\\?|\\?:|:-|(?<=[ \\t])or(?=[ \\t]))[ \\t]{0,8}${string}`, 'gid')
/** What is looked up under another name than it is kept by: `PASSWORD = os.getenv("PW", "…")`, `key = process.env.K || '…'`. */
const kept = new RegExp(`${nameEnd}["'\`]?\\]?[ \\t]{0,8}(?:=>|:=|[:=])[ \\t]{0,8}[\\w.$?]{1,60}(?:\\([ \\t]{0,4}["'][\\w.-]{1,80}["'][ \\t]{0,4},|[ \\t]{1,4}(?:\\|\\||\\?\\?|\\?:|or)(?=[ \\t]))[ \\t]{0,4}${string}`, 'gid')
/** The same in a template: `.Values.password | default "…"`, `coalesce .Values.password "…"`, `password: {{ default "…" .Values.x }}`. */
const piped = new RegExp(`${nameEnd}\\\\{0,3}["'\`]?\\)?[ \\t]{0,4}\\|[ \\t]{0,4}(?:default|d)[ \\t(:]{1,4}${string}`, 'gid')
const ofEnvironment = new RegExp(`(?<![\\w-])(?:env|getenv|key)\\w{0,10}[ \\t]{1,4}\\\\{0,3}["'\`][\\w./-]{0,80}?${nameEnd}\\\\{0,3}["'\`][ \\t]{1,4}${string}`, 'gid')
const coalesced = new RegExp(`(?<![\\w-])coalesce[ \\t][^{}"'\`\\n]{0,120}?${nameEnd}[ \\t]{1,4}${string}`, 'gid')
const templated = new RegExp(`${nameEnd}["'\`]?[ \\t]{0,8}[:=][ \\t]{0,8}["']?\\{\\{[^{}"'\`\\n]{0,120}?(?<![\\w-])(?:default|d|coalesce)[ \\t(][^{}"'\`\\n]{0,80}?${string}`, 'gid')
const defaultFirst = new RegExp(`(?<![\\w-])default[ \\t]{1,4}\\\\{0,3}(["'\`])([^\\s"'\`\\\\]{4,400})\\\\{0,3}\\1[ \\t]{1,4}[\\w.$]{0,80}?${nameEnd}(?![\\w.-])`, 'gid')
/** What does nothing but answer with it: `getPassword() { return "…" }`, `def token(): return '…'`. */
const answer = new RegExp(`${nameEnd}\\([^()\\n]{0,80}\\)[^"'\`;)\\n]{0,40}[{:=]\\s{0,60}(?:return[ \\t]{1,4})?${string}`, 'gid')
/** What it is compared with: `token != "…"`. */
const compared = new RegExp(`${nameEnd}["'\`\\])}]{0,3}[ \\t]{0,8}[!=]={1,2}[ \\t]{0,8}${string}`, 'gid')
/** What a sentence or a table says it is, where that looks drawn by chance. */
const said = new RegExp(`${nameEnd}["'\`*]{0,2}[ \\t]{1,4}(?:(?:is|was|ist|est|es|é|lautet)[ \\t]{0,2}:?[ \\t]|[|–-][ \\t])[ \\t]{0,20}["'\`]?([^\\s"'\`|<>]{8,200})`, 'gid')
/** `${DB_PASSWORD:-…}` of a shell, and `${db.password:…}` of Spring. */
const expansion = new RegExp(`\\$\\{[\\w.-]{0,60}?${nameEnd}:[-=]?([^\\s{}"'$]{4,200})\\}`, 'gid')
/** Tags of a field in Go: `env:"DB_PASSWORD" envDefault:"…"`. */
const tagged = new RegExp(`:\\\\{0,3}"[\\w.-]{0,60}?${nameEnd}(?:,[\\w,]{1,30})?(?:\\\\{0,3}"[^\`\\n]{0,80}?default:\\\\{0,3}"|,default=)([^\\s"'\`,\\\\]{4,200})`, 'gid')

/** Values that are given to a call, or count where nothing else is known, under the name of a secret. */
export function findPassed (text: string, add: (index: number, length: number) => void): void {
  const isTemplate = text.includes('{{')
  for (const pattern of [setter, lookUp, otherwise, kept, answer, compared, ...isTemplate ? [piped, ofEnvironment, coalesced, templated] : []]) {
    for (const match of text.matchAll(pattern)) {
      const [at] = match.indices![1]!
      const before = text.slice(Math.max(0, at - 60), at)
      if (pattern === setter && !/(?:set|with|add|use)_?\w{0,40}$|\.$/i.test(before) && !/^[A-Z]+$/.test(match[1]!)) continue
      const from = match.index + match[0].length
      const rest = text.slice(from, from + valueLimit).split('\n', 1)[0]!
      const close = closeOf(rest, 0, match[2]!)
      const value = rest.slice(0, Math.max(close, 0))
      if (namesSecret(before.split('\n').at(-1)!, match[1]!) && !isPlaceholder(value) && isSecretValue(match[1]!, match[0].startsWith('define') ? value.replaceAll(/\s/g, '') : value) && (match[0].startsWith('define') || !/\s/.test(value))) add(from, value.length)
    }
  }
  for (const match of isTemplate ? text.matchAll(defaultFirst) : []) {
    const [at] = match.indices![3]!
    if (namesSecret(text.slice(Math.max(0, at - 60), at), match[3]!) && isSecretValue(match[3]!, match[2]!)) add(match.indices![2]![0], match[2]!.length)
  }
  for (const match of text.matchAll(said)) {
    const value = match[2]!.replace(/[.,;:!?)]+$/, '')
    if (isDrawn(value) && isSecretValue(match[1]!, value)) add(match.indices![2]![0], value.length)
  }
  for (const pattern of [expansion, tagged]) {
    for (const match of text.matchAll(pattern)) {
      const [from, to] = match.indices![2]!
      const [at] = match.indices![1]!
      if (namesSecret(text.slice(match.index, at), match[1]!) && isSecretValue(match[1]!, match[2]!)) add(from, to - from)
    }
  }
}
