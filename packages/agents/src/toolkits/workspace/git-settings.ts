import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Settings over those of a repository, each of which may name a program, start one, or reach over a network. They hold for the processes git starts as well. */
const fixed: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.attributesFile': '/dev/null',
  'core.quotePath': 'false',
  'core.askPass': '',
  // Not empty: it is run by a shell, with a path behind it.
  'core.alternateRefsCommand': ':',
  'core.sshCommand': 'false',
  'core.gitProxy': 'none',
  'credential.helper': '',
  'log.showSignature': 'false',
  'merge.verifySignatures': 'false',
  'commit.gpgSign': 'false',
  'tag.gpgSign': 'false',
  'push.gpgSign': 'false',
  'gpg.program': '/dev/null',
  'gpg.openpgp.program': '/dev/null',
  'gpg.x509.program': '/dev/null',
  'gpg.ssh.program': '/dev/null',
  'gpg.ssh.defaultKeyCommand': '',
  'diff.submodule': 'short',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.allow': 'never'
}

/** Words one of which stands in a configuration that names filters or hooks, or leads to another file that may. */
const mayName = /filter|hook|include|worktreeconfig/i
/** Their names are the repository's own. Empty commands are none. */
const named: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  filter: { clean: '', smudge: '', process: '', required: 'false' },
  hook: { enabled: 'false' }
}

/** The settings as git takes them from its environment, the strongest place there is but for the command line. */
export function settingsEnv (directory: string, names: readonly string[]): NodeJS.ProcessEnv {
  const settings = [...Object.entries(fixed), ['safe.directory', directory] as const, ...names.flatMap(offOf)]
  return {
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(settings.flatMap(([key, value], index) => [[`GIT_CONFIG_KEY_${index}`, key], [`GIT_CONFIG_VALUE_${index}`, value]]))
  }
}

/** Whether git has to be asked which filters and hooks a repository names. Most name none, which their configuration shows without a process. */
export async function mayNamePrograms (directory: string): Promise<boolean> {
  const place = join(directory, '.git')
  const found = await stat(place).catch(() => null)
  if (!found) return false
  // The configuration of a linked work tree is kept elsewhere.
  if (!found.isDirectory() || await stat(join(place, 'commondir')).catch(() => null)) return true
  const config = await stat(join(place, 'config')).catch(() => null)
  if (!config) return false
  return !config.isFile() || config.size > 1_000_000 || mayName.test(await readFile(join(place, 'config'), 'latin1'))
}

function offOf (name: string): Array<readonly [key: string, value: string]> {
  const [, section = '', own] = /^(filter|hook)\.(.+)\.[^.]+$/s.exec(name) ?? []
  return own === undefined ? [] : Object.entries(named[section]!).map(([key, value]) => [`${section}.${own}.${key}`, value] as const)
}
