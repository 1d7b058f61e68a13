import { isDrawn, isPlaceholder } from './not-a-secret.ts'

/** Lines of configuration that have a place for a secret, and no name or sign beside it. The groups are secrets; `test` is for a place that others have as well. */
const forms: ReadonlyArray<readonly [hint: string, pattern: RegExp, test?: (value: string) => boolean]> = [
  // LDIF, in base64
  ['::', /^[ \t]{0,20}(?:user|unicode|sambaNT)?(?:password|pwd|rootpw)::[ \t]{1,4}([A-Za-z0-9+/=]{4,4000})/gmid],
  // SNMP
  ['createUser', /createUser[ \t]{1,4}[\w.-]{1,60}[ \t]{1,4}(?:MD5|SHA)[\w-]{0,5}[ \t]{1,4}["']?([^\s"']{4,200})["']?(?:[ \t]{1,4}(?:AES|DES)[\w-]{0,5}[ \t]{1,4}["']?([^\s"']{4,200}))?/gd],
  ['community', /(?:snmp-server|set snmp|com2sec[ \t]{1,8}\S{1,60}[ \t]{1,8}\S{1,60})[ \t]{1,4}community[ \t]{1,4}["']?([^\s"']{3,100})/gd],
  // switches and routers
  ['\n', /^[ \t]{0,20}(?:username[ \t]{1,4}\S{1,60}[ \t]{1,4}(?:privilege[ \t]{1,4}\d{1,2}[ \t]{1,4})?|enable[ \t]{1,4})(?:password|secret)[ \t]{1,4}(?:\d[ \t]{1,4})?(\S{4,200})[ \t]{0,4}$/gmd],
  // HAProxy, PPP, PgBouncer
  ['stats', /^[ \t]{0,20}stats[ \t]{1,4}auth[ \t]{1,4}[^\s:]{1,60}:(\S{3,200})/gmd],
  ['*', /^["']?[\w.@*-]{1,60}["']?[ \t]{1,20}["']?[\w.*-]{1,60}["']?[ \t]{1,20}["']?([^\s"'*]{6,200})["']?[ \t]{1,20}\*/gmd, isDrawn],
  ['" "', /^"[\w.-]{1,60}" "([^"\s]{6,200})"$/gmd, isDrawn],
  // Consul and Nomad
  ['encrypt', /(?<![\w-])encrypt\\{0,3}["']?[ \t]{0,8}[=:][ \t]{0,8}\\{0,3}["']?([A-Za-z0-9+/]{20,88}={0,2})(?=[\\"'\s,}]|$)/gd, isDrawn],
  // OpenVPN
  ['<auth-user-pass>', /<auth-user-pass>\n[^\n]{1,100}\n([^\n]{3,200})\n/gd]
]

export function findInConfigLines (text: string, add: (index: number, length: number) => void): void {
  for (const [hint, pattern, test = isValue] of forms) {
    if (hint !== '\n' && !text.includes(hint)) continue
    for (const { indices } of text.matchAll(pattern)) {
      for (const [from, to] of indices!.slice(1).filter((each) => each !== undefined)) {
        if (test(text.slice(from, to)) && isValue(text.slice(from, to))) add(from, to - from)
      }
    }
  }
}

function isValue (value: string): boolean {
  return !isPlaceholder(value) && !/^(?:public|private)$/.test(value)
}
