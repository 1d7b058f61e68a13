import { isPlaceholder } from './not-a-secret.ts'

/** What belongs to a command, over lines that end with a backslash too. */
const words = '(?:[^\\n|;&\\\\]|\\\\[^])'
/** The one group of each is the secret. `hint` is what each holds. */
const forms: ReadonlyArray<readonly [hint: RegExp, pattern: RegExp]> = ([
  ['mysql|mariadb', `(?:mysql(?:dump|admin|import)?|mariadb(?:-dump|-admin)?)[ \\t]${words}{0,200}?[ \\t]-p["']?([^\\s"'-][^\\s"']{2,100})`],
  ['sshpass', 'sshpass[ \\t]{1,4}-p[ \\t]{0,4}["\']?([^\\s"\']{3,200})'],
  ['login', `(?:docker|podman|nerdctl|buildah|skopeo|oras|crane|registry|az)[ \\t]{1,4}(?:auth[ \\t]{1,4})?login[ \\t]${words}{0,200}?(?<=[ \\t])-p(?=[\\s"'=])=?[ \\t]{0,4}["']?((?<=["'])[^"'\\n]{3,200}|[^\\s"']{3,200})`],
  ['vault', 'vault[ \\t]{1,4}login[ \\t]{1,4}([^\\s"\'-][^\\s"\']{7,200})(?=\\s|$)'],
  ['redis', `redis-cli(?:["']?,)?[ \\t]${words}{0,100}?["']?-a["']?,?[ \\t]{0,4}["']?([^\\s"']{3,200})`],
  ['curl', `curl[ \\t]${words}{0,300}?[ \\t]?(?:-\\w{0,6}[uU]|--(?:proxy-)?user)[ \\t=]{0,4}["']?[^\\s:"']{1,100}:((?<=["'][^\\s:"']{1,100}:)[^"'\\n]{3,200}|[^\\s"']{3,200})`],
  ['oauth2-bearer', '--oauth2-bearer[ \\t=]{1,4}["\']?([^\\s"\']{8,4000})'],
  ['mongo', `mongo(?:sh|dump|restore|export|import)?[ \\t]${words}{0,200}?[ \\t]-p[ \\t]{1,4}["']?([^\\s"'-][^\\s"']{2,100})`],
  ['sqlplus|impdp|expdp', '(?:sqlplus|impdp|expdp)[ \\t](?:-\\w{1,10}[ \\t]{1,4}){0,3}["\']?[\\w.]{1,60}/([^\\s"\'@/]{3,100})'],
  ['lftp|smbclient', '(?:lftp|smbclient)[ \\t][^\\n|;&]{0,200}?-[uU][ \\t]{1,4}["\']?[^\\s,%"\']{1,60}[,%]([^\\s"\']{3,100})'],
  ['zip|7z', '(?:zip[ \\t][^\\n|;&]{0,60}?-P[ \\t]{1,4}|7z[ar]?[ \\t][^\\n|;&]{0,60}?[ \\t]-p)["\']?([^\\s"\']{3,100})'],
  ['htpasswd', 'htpasswd[ \\t]{1,4}-\\w{0,6}b\\w{0,6}[ \\t]{1,4}(?:[^\\s[-]\\S{0,200}[ \\t]{1,4}){1,2}["\']?([^\\s"\']{3,100})'],
  ['rabbitmqctl', 'rabbitmqctl[ \\t]{1,4}(?:add_user|change_password)[ \\t]{1,4}\\S{1,100}[ \\t]{1,4}["\']?([^\\s"\']{3,100})'],
  ['net', 'net[ \\t]{1,4}user[ \\t]{1,4}[\\w.-]{1,60}[ \\t]{1,4}([^\\s/*]\\S{2,100})[ \\t]{1,4}/add']
] as const).map(([hint, pattern]) => [new RegExp(hint), new RegExp(`(?<![\\w-])${pattern}`, 'gd')])

/** Passwords that clients of the command line are given by flags that do not say so. */
export function findInCommands (text: string, add: (index: number, length: number) => void): void {
  for (const [hint, pattern] of forms) {
    if (!hint.test(text)) continue
    for (const { indices } of text.matchAll(pattern)) {
      const [from, to] = indices![1]!
      if (!isPlaceholder(text.slice(from, to))) add(from, to - from)
    }
  }
}
