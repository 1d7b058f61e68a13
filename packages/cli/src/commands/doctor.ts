import { asJson, defineCommand, type Call } from '../command.ts'
import type { Check, Examined, Finding } from '../doctor/check.ts'
import { cluster, clock, key, ports } from '../doctor/network.ts'
import { dataFolder, disk, stores, workspace } from '../doctor/place.ts'
import { checkVersions } from '../doctor/programs.ts'
import { readReadyFile, running } from '../doctor/running.ts'
import { settings } from '../doctor/settings.ts'
import { signIn } from '../doctor/sign-in.ts'
import { describeError } from '../errors.ts'
import { oneLine } from '../terminal/visible-text.ts'

const checks: readonly Check[] = [settings, signIn, dataFolder, stores, workspace, disk, ports, running, key, cluster, clock]

export const doctor = defineCommand({
  words: 'doctor',
  summary: 'Check what Cortex needs on this machine, and say what to do',
  details: 'With the settings it is called with, as npm start. One line a check: ok, warn (it works, and something is to be seen to) or fail (it does not work, or soon will not). Exit code 1 when one fails. Nothing is changed.',
  options: asJson,
  async run ({ options, env, terminal, signal }) {
    const findings: Array<Finding & { check: string }> = []
    const tell = (check: string, finding: Finding) => {
      findings.push({ check, ...finding })
      if (!options.json) terminal.out(`${render(finding, terminal)}  ${check.padEnd(12)}  ${oneLine(finding.text)}\n`)
    }
    const examine = async (check: Check, examined: Examined) => tell(check.name, await look(check, examined).catch((error: unknown): Finding => {
      signal.throwIfAborted()
      return { state: 'fail', text: describeError(error).replaceAll('\n', ';') }
    }))
    tell('versions', await checkVersions())
    const examined = await examinedOf(env, signal).catch((error: unknown): string => describeError(error))
    if (typeof examined === 'string') tell('settings', { state: 'fail', text: examined })
    else for (const check of checks) await examine(check, examined)
    if (options.json) terminal.json({ checks: findings })
    return findings.some(({ state }) => state === 'fail') ? 'failed' : undefined
  }
})

/** What the check itself finds, and all that would stop a start, which it therefore cannot miss. */
async function look (check: Check, examined: Examined): Promise<Finding> {
  const { passStart } = await import('@cortex/service')
  const found = await check.examine(examined)
  if (found.state === 'fail') return found
  await passStart(examined.startChecks.filter(({ about }) => about === check.name))
  return found
}

/** Without settings nothing else can be looked at. @throws CTX_CONFIG_INVALID */
async function examinedOf (env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Examined> {
  const [{ StandaloneConfig }, { placeOf }, { startChecks }, { createLogger, readConfig }] = await Promise.all([import('@cortex/standalone/config'), import('@cortex/standalone/backup'), import('@cortex/standalone/check'), import('@cortex/service')])
  // Before the place, which reads a part of them and would tell of no other.
  const config = readConfig(StandaloneConfig, env)
  const place = placeOf(env)
  const running = isAlive((await readReadyFile(place.home))?.pid)
  // A Cortex that runs has the ports; and the key's own check asks for more.
  const skipped = running ? ['key', 'ports'] : ['key']
  const checks = startChecks(config, createLogger({ level: 'silent', name: 'doctor' })).filter(({ about }) => !skipped.includes(about))
  return { config, place, env, running, signal, clocks: [], startChecks: checks }
}

function isAlive (pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function render ({ state }: Finding, terminal: Call['terminal']): string {
  return terminal.style(state === 'ok' ? 'green' : state === 'warn' ? 'yellow' : 'red', state.padEnd(4))
}
