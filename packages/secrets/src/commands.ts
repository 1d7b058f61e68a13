import { isPlaceholder } from './not-a-secret.ts'

/** What belongs to a command, over lines that end with a backslash too. */
const words = '(?:[^\\n|;&\\\\]|\\\\[^])'
/** A word of a command: in quotes it may have blanks. */
const word = '(?:"([^"\\n]{3,300})"|\'([^\'\\n]{3,300})\'|([^\\s"\'|;&<>()]{3,300}))'
/** What reads a secret from what is written to it. */
const readers = `(?:sudo[ \\t]{1,4}-\\w{0,4}S|kinit|cryptsetup|kubeseal|smbpasswd|su[ \\t]|docker[ \\t]{1,4}secret[ \\t]{1,4}create|gcloud[ \\t]{1,4}secrets|[\\w./-]{1,60}[ \\t]${words}{0,200}?(?:--password-stdin|--with-token|--(?:secret|token|pass\\w{0,6})-stdin|--stdin|-pass(?:in)?[ \\t]{1,4}stdin|--passphrase-fd|keystore[ \\t]{1,4}add))`
/** The groups of each are secrets. `hint` is what each holds. */
const forms: ReadonlyArray<readonly [hint: RegExp, pattern: RegExp]> = ([
  ['mysql|mariadb', `(?:mysql(?:dump|admin|import|check|pump|sh)?|mariadb(?:-(?:dump|admin|import|check|backup))?)(?=[ \\t])${words}{0,200}?[ \\t]-p["']?([^\\s"'-][^\\s"']{2,100})`],
  ['mysql|mariadb', '(?:mysql|mariadb)[\\w-]{0,12}["\']?[ \\t]{0,4},[^\\n\\]]{0,200}?(?<=[ \\t,"\'])-p([^\\s"\'-][^\\s"\']{2,100})(?=["\'])'],
  ['mysql|mariadb', '(?:mysql|mariadb)[\\w-]{0,12}["\']?[ \\t]{0,10}\\n(?:[ \\t]{0,100}- [^\\n]{0,200}\\n){0,12}?[ \\t]{0,100}- ["\']?-p([^\\s"\'-][^\\s"\']{2,100})(?=["\']|[ \\t]{0,10}$)'],
  ['sshpass', 'sshpass[ \\t]{1,4}-p[ \\t]{0,4}["\']?([^\\s"\']{3,200})'],
  ['login', `(?:docker|podman|nerdctl|buildah|skopeo|oras|crane|registry|az)[ \\t]{1,4}(?:auth[ \\t]{1,4})?login[ \\t]${words}{0,200}?(?<=[ \\t])-p(?=[\\s"'=])=?[ \\t]{0,4}["']?((?<=["'])[^"'\\n]{3,200}|[^\\s"']{3,200})`],
  ['vault', 'vault[ \\t]{1,4}login[ \\t]{1,4}([^\\s"\'-][^\\s"\']{7,200})(?=\\s|$)'],
  ['redis', `redis-cli(?:["']?,)?[ \\t]${words}{0,100}?["']?-a["']?,?[ \\t]{0,4}["']?([^\\s"']{3,200})`],
  ['curl', `curl[ \\t]${words}{0,300}?[ \\t]?(?:-\\w{0,6}[uU]|--(?:proxy-)?user)[ \\t=]{0,4}["']?[^\\s:"']{1,100}:((?<=["'][^\\s:"']{1,100}:)[^"'\\n]{3,200}|[^\\s"']{3,200})`],
  ['oauth2-bearer', '--oauth2-bearer[ \\t=]{1,4}["\']?([^\\s"\']{8,4000})'],
  ['mongo', `mongo(?:sh|dump|restore|export|import)?[ \\t]${words}{0,200}?[ \\t]-p[ \\t]{1,4}["']?([^\\s"'-][^\\s"']{2,100})`],
  ['sqlplus|impdp|expdp', '(?:sqlplus|impdp|expdp)[ \\t](?:-\\w{1,10}[ \\t]{1,4}){0,3}["\']?[\\w.]{1,60}/([^\\s"\'@/]{3,100})'],
  ['lftp|smbclient', '(?:lftp|smbclient)[ \\t][^\\n|;&]{0,200}?-[uU][ \\t]{1,4}["\']?[^\\s,%"\']{1,60}[,%]([^\\s"\']{3,100})'],
  ['zip|7z', '(?:(?:un)?zip[ \\t][^\\n|;&]{0,60}?-\\w{0,4}P[ \\t]{1,4}|7z[ar]?[ \\t][^\\n|;&]{0,60}?[ \\t]-p)["\']?([^\\s"\']{3,100})'],
  ['rar', `rar[ \\t]${words}{0,100}?(?<=[ \\t])-h?p([^\\s"'-][^\\s"']{2,100})`],
  ['etcdctl', `etcdctl[ \\t]${words}{0,300}?--user[ \\t=]{1,4}["']?[^\\s:"']{1,100}:([^\\s"']{3,200})`],
  ['ETCDCTL', 'ETCDCTL_USER["\']?[ \\t]{0,4}[:=][ \\t]{0,4}["\']?[^\\s:"\']{1,100}:([^\\s"\']{3,200})'],
  ['mc', `mc(?:li)?[ \\t]{1,4}(?:alias[ \\t]{1,4}set|config[ \\t]{1,4}host[ \\t]{1,4}add)[ \\t]{1,4}(?:\\S{1,300}[ \\t]{1,4}){3}(?!-)${word}`],
  ['mc', `mc[ \\t]{1,4}admin[ \\t]{1,4}user[ \\t]{1,4}add[ \\t]{1,4}(?:\\S{1,300}[ \\t]{1,4}){2}(?!-)${word}`],
  ['pulumi', `pulumi[ \\t]{1,4}config[ \\t]{1,4}set(?=[ \\t]${words}{0,400}?--secret)[ \\t]{1,4}(?:--[\\w-]{1,30}[ \\t]{1,4}){0,4}(?!-)\\S{1,200}[ \\t]{1,4}(?:--[\\w-]{1,30}[ \\t]{1,4}){0,4}(?!-)${word}`],
  ['htpasswd', 'htpasswd[ \\t]{1,4}-\\w{0,6}b\\w{0,6}[ \\t]{1,4}(?:[^\\s[-]\\S{0,200}[ \\t]{1,4}){1,2}["\']?([^\\s"\']{3,100})'],
  ['rabbitmqctl', 'rabbitmqctl[ \\t]{1,4}(?:add_user|change_password)[ \\t]{1,4}\\S{1,100}[ \\t]{1,4}["\']?([^\\s"\']{3,100})'],
  ['ldap', `ldap(?:search|add|modify|delete|passwd|whoami|compare|modrdn|exop)[ \\t]${words}{0,300}?(?<=[ \\t])-w[ \\t]{0,4}${word}`],
  ['ldappasswd', `ldappasswd[ \\t]${words}{0,300}?(?<=[ \\t])-[as][ \\t]{1,4}${word}`],
  ['openssl', `openssl[ \\t]{1,4}(?:enc|aes|des|cms)[\\w-]{0,20}[ \\t]${words}{0,300}?(?<=[ \\t])-[kK][ \\t]{1,4}${word}`],
  ['openssl', `openssl[ \\t]{1,4}passwd[ \\t]{1,4}(?:-\\w{1,10}[ \\t]{1,4}){0,3}(?!-)${word}`],
  ['pass:', '-pass(?:in|out)?[ \\t]{1,4}["\']?pass:([^\\s"\']{3,200})'],
  ['\\|', `(?:echo|printf)[ \\t]{1,4}(?:-\\w{1,3}[ \\t]{1,4}|["']%s(?:\\\\n)?["'][ \\t]{1,4}){0,2}${word}[ \\t]{0,8}\\|[ \\t]{0,8}(?:sudo[ \\t]{1,4}(?!-))?${readers}`],
  ['<<<', `${readers}${words}{0,200}?<<<[ \\t]{0,4}${word}`],
  ['unseal', `operator[ \\t]{1,4}unseal[ \\t]{1,4}(?!-)${word}`],
  ['secret', `(?:secretsmanager[ \\t]{1,4}(?:create|put|update)-\\w{0,20}(?:-\\w{1,10})?[ \\t]${words}{0,300}?--secret-string|keyvault[ \\t]{1,4}secret[ \\t]{1,4}set[ \\t]${words}{0,300}?--value|gh[ \\t]{1,4}secret[ \\t]{1,4}set[ \\t]${words}{0,200}?(?:--body|-b))[ \\t=]{1,4}${word}`],
  ['SecureString', `put-parameter[ \\t]${words}{0,300}?(?:SecureString${words}{0,300}?--value|--value(?=${words}{0,400}?SecureString))[ \\t=]{1,4}${word}`],
  ['sqlcmd|bcp|mosquitto|ipmitool', `(?:sqlcmd|bcp|mosquitto_(?:pub|sub)|ipmitool)[ \\t]${words}{0,300}?(?<=[ \\t])-P[ \\t]{1,4}${word}`],
  ['cqlsh', `cqlsh[ \\t]${words}{0,200}?(?<=[ \\t])-p[ \\t]{1,4}${word}`],
  ['snmp', `snmp(?:walk|get|bulkwalk|bulkget|getnext|set|table|trap|status|df)[ \\t]${words}{0,200}?(?<=[ \\t])-[cAX][ \\t]{1,4}${word}`],
  ['nmcli', `nmcli[ \\t]${words}{0,200}?[ \\t](?:password|[\\w-]{0,30}\\.psk)[ \\t]{1,4}${word}`],
  ['wpa_passphrase', `wpa_passphrase[ \\t]{1,4}(?:"[^"\\n]{1,60}"|\\S{1,60})[ \\t]{1,4}${word}`],
  ['freerdp|cmdkey', `(?:[xw]freerdp|cmdkey)[ \\t]${words}{0,200}?[ \\t]/p(?:ass)?:["']?([^\\s"']{3,100})`],
  ['obscure', `rclone[ \\t]{1,4}obscure[ \\t]{1,4}${word}`],
  ['encrypt_string', `ansible-vault[ \\t]{1,4}encrypt_string[ \\t]{1,4}(?:--[\\w-]{1,30}(?:[ \\t=]{1,4}[^\\s"'-]\\S{0,100})?[ \\t]{1,4}){0,3}${word}`],
  ['private-key|preshared-key', `wg[ \\t]{1,4}set[ \\t]${words}{0,300}?(?:private|preshared)-key[ \\t]{1,4}<\\([ \\t]{0,4}(?:echo|printf)[ \\t]{1,4}${word}`],
  ['send', 'send[ \\t]{1,4}(?:--[ \\t]{1,4})?\\\\?"([^"\\s\\\\]{6,100})\\\\{1,2}[rn]'],
  ['net', 'net[ \\t]{1,4}use[ \\t][^\\n|;&]{0,100}\\\\[^\\s]{1,200}[ \\t]{1,4}([^\\s/*]\\S{2,100})[ \\t]{1,4}/user'],
  ['net', 'net[ \\t]{1,4}user[ \\t]{1,4}[\\w.-]{1,60}[ \\t]{1,4}([^\\s/*]\\S{2,100})[ \\t]{1,4}/add']
] as const).map(([hint, pattern]) => [new RegExp(hint), new RegExp(`(?<![\\w-])${pattern}`, 'gmd')])

/** Passwords that clients of the command line are given by flags that do not say so. */
export function findInCommands (text: string, add: (index: number, length: number) => void): void {
  for (const [hint, pattern] of forms) {
    if (!hint.test(text)) continue
    for (const { indices } of text.matchAll(pattern)) {
      for (const [from, to] of indices!.slice(1).filter((each) => each !== undefined)) {
        if (isGiven(text.slice(from, to))) add(from, to - from)
      }
    }
  }
}

/** Whether a word is what is given, and not where it is or what everybody uses in its place. */
export function isGiven (word: string): boolean {
  return !isPlaceholder(word) && !/^(?:public|private|env:.*|\$\{?\w+\}?.{0,3}|-.*|@.*)$/.test(word)
}
