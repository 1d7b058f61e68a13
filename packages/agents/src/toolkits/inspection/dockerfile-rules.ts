import { isSecretField } from '@cortex/secrets'
import type { Finding, Severity } from './finding.ts'
import { isFloating } from './kubernetes-rules.ts'

export function isDockerfile (path: string): boolean {
  return /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$/.test(path) || /\.dockerfile$/i.test(path)
}

interface Instruction { line: number, name: string, value: string, script: string }

/** Words that have a shell or another program read what follows, to a mark on a line of its own. */
const heredoc = /(?:^|\s)\d{0,2}<<-?(["']?)([A-Za-z_][\w.-]{0,100})\1(?=\s|$)/g

/** Instructions with their continuation lines joined, at the line where each begins; `script` holds the lines that were written into one. */
export function parseDockerfile (text: string): Instruction[] {
  const instructions: Instruction[] = []
  const lines = text.split('\n').map((raw) => raw.trim())
  const lastOf = new Map(lines.map((line, index) => [line, index]))
  let open: Instruction | undefined
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!
    if (line === '' || line.startsWith('#')) continue
    const part = line.replace(/\\$/, '').trim()
    if (open) open.value += ` ${part}`
    else {
      const [name = '', ...rest] = part.split(/\s+/)
      open = { line: index + 1, name: name.toUpperCase(), value: rest.join(' '), script: '' }
      instructions.push(open)
    }
    if (line.endsWith('\\')) continue
    if (/^(?:RUN|COPY|ADD)$/.test(open.name)) {
      for (const { 2: mark } of open.value.matchAll(heredoc)) {
        if ((lastOf.get(mark!) ?? -1) <= index) continue
        const from = index + 1
        while (lines[++index] !== mark);
        open.script += `${lines.slice(from, index).join('\n')}\n`
      }
    }
    open = undefined
  }
  return instructions
}

/** One stage of a build: what it is built on at last, and the user it inherits or sets. */
interface Stage { empty: boolean, line: number, user?: { value: string, line: number } }

export function checkDockerfile (path: string, text: string): Finding[] {
  const findings: Finding[] = []
  const report = (rule: string, severity: Severity, line: number, what: string, fix: string) => findings.push({ rule, severity, path, line, what, fix })
  const stages = new Map<string, Stage>()
  let stage: Stage | undefined
  for (const { name, value, script, line } of parseDockerfile(text)) {
    if (name === 'FROM') {
      const [image = '', as, alias] = value.split(' ').filter((word) => !word.startsWith('--'))
      const base = stages.get(image.toLowerCase())
      if (image !== 'scratch' && !image.includes('$') && !base && isFloating(image)) report('docker-image-floating', 'medium', line, `is built on ${image}, which may be another image tomorrow`, 'Name an exact version or a digest')
      stage = { ...base ?? { empty: image === 'scratch', ...(isNonRootImage(image) && { user: { value: 'nonroot', line } }) }, line }
      if (as?.toUpperCase() === 'AS' && alias) stages.set(alias.toLowerCase(), stage)
    }
    if (name === 'USER' && stage) stage.user = { value, line }
    if (name === 'ADD' && /^(?:--\S+ )*https?:/.test(value)) report('docker-add-url', 'medium', line, 'ADD fetches a URL without checking what comes', 'Fetch with ADD --checksum=…, or copy a file that is in the repository')
    if (name === 'RUN' && runsFetched(`${value}\n${script}`)) report('docker-pipe-to-shell', 'medium', line, 'runs a script straight from the network', 'Download, check its digest, then run it')
    if (name === 'RUN' && /chmod\s+(?:-R\s+)?0?777\b/.test(`${value}\n${script}`)) report('docker-world-writable', 'medium', line, 'makes files writable for everybody', 'Give them to the user that runs')
    if (name === 'EXPOSE' && /\b22\b/.test(value)) report('docker-ssh', 'medium', line, 'opens SSH', 'Use kubectl exec or docker exec')
    if ((name === 'ENV' || name === 'ARG') && variablesOf(value).some(([variable, given]) => isSecretField(variable, given))) report('docker-secret-in-image', 'high', line, `${name} puts a secret into the image (value not shown)`, 'Use RUN --mount=type=secret, or pass it when it runs')
  }
  const user = stage?.user
  if (stage && !stage.empty && (!user || /^(?:root|0)(?::|$)/.test(user.value))) {
    report('docker-runs-as-root', 'high', user?.line ?? stage.line, user ? 'runs as root' : 'has no USER, so it runs as root', 'Add USER with a user other than root in the last stage')
  }
  return findings
}

/** Images whose name says that they have a user set: those of distroless by their tag, `nginx-unprivileged` by its own. */
function isNonRootImage (image: string): boolean {
  return /:(?:[\w.-]*-)?nonroot(?:-[\w.-]*)?(?:@|$)|-unprivileged(?:[:@]|$)/.test(image)
}

/** `NAME=value NAME="value"`, or the older `NAME value`. */
function variablesOf (value: string): Array<[name: string, value: string]> {
  const single = /^([\w.-]+) +(?!=)(.*)$/.exec(value)
  if (single) return [[single[1]!, single[2]!.replace(/^(["'])(.*)\1$/, '$2')]]
  return [...value.matchAll(/(?<=^|\s)([\w.-]+)=(?:"([^"]*)"|'([^']*)'|(\S*))/g)].map(([, name, double, quoted, bare]) => [name!, double ?? quoted ?? bare ?? ''])
}

const fetches = /\b(?:curl|wget)\b/
const shells = /^(?:\/\S*\/)?(?:ba|z|da|k|a)?sh$/
/** Given no script of their own, these run what they read. */
const interpreters = /^(?:\/\S*\/)?(?:python[\d.]*|perl|ruby|node|php)$/
const runsSubstituted = /(?:(?:^|[\s"'/])(?:ba|z|da|k|a)?sh\s+(?:-\w+\s+){0,3}|\b(?:eval|source)\s+|(?:^|\s)\.\s+)["']?(?:\$\(|`|<\()\s*(?:sudo\s+)?(?:curl|wget)\b/
/** Characters and words of one command that are looked at. */
const commandLimit = 4_000
const wordsLimit = 20

/** Whether a shell or an interpreter runs what is fetched, in one of the commands. */
function runsFetched (commands: string): boolean {
  return commands.replaceAll('|&', '|').split(/\|\||[;&\n]/).some((command) => {
    const looked = command.slice(0, commandLimit)
    if (runsSubstituted.test(looked)) return true
    const parts = looked.split('|')
    const first = parts.findIndex((part) => fetches.test(part))
    return first >= 0 && parts.slice(first + 1).some(isRunning)
  })
}

/** Whether a command of a pipe runs what comes in, be it as somebody else or with variables set. */
function isRunning (command: string): boolean {
  const words = command.trim().split(/\s+/, wordsLimit).map((word) => word.replace(/^[("']+|["')\]]+$/g, ''))
  let at = 0
  while (at < words.length && /^(?:(?:\/\S*\/)?(?:sudo|env|exec|command|nohup)|-.*|\w+=.*)$/.test(words[at]!)) at += /^-[ug]$/.test(words[at]!) ? 2 : 1
  const [program = '', argument = ''] = words.slice(at)
  return shells.test(program) || (interpreters.test(program) && ['', '-', '/dev/stdin'].includes(argument))
}
