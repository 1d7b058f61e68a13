import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import type { Command, Options, Values } from './command.ts'
import { UsageFault } from './errors.ts'

/** The command that the first words name, and what stands behind them. */
export function findCommand (commands: readonly Command[], words: readonly string[]): { command: Command, rest: string[] } | null {
  const [found] = commands
    .filter((command) => command.words.split(' ').every((word, at) => words[at] === word))
    .sort((a, b) => b.words.length - a.words.length)
  return found ? { command: found, rest: words.slice(found.words.split(' ').length) } : null
}

/** @throws UsageFault */
export function parseCall ({ args: wanted = [], options }: Command, words: readonly string[], env: NodeJS.ProcessEnv): { args: string[], options: Values<Options> } {
  refuseSwallowed(options, env)
  const { values, positionals } = parse(options, words)
  const least = wanted.filter(({ optional }) => optional !== true).length
  if (positionals.length < least) throw new UsageFault(`${wanted[positionals.length]?.name ?? ''} is missing: ${wanted[positionals.length]?.text ?? ''}`)
  if (positionals.length > wanted.length) throw new UsageFault(`There is no use for ${positionals.slice(wanted.length).join(' ')}${wanted.length > 0 ? '; what has spaces in it stands in quotes' : ''}`)
  return { args: positionals, options: checked(options, values) }
}

function parse (options: Options, words: readonly string[]): { values: Record<string, unknown>, positionals: string[] } {
  const config: ParseArgsOptionsConfig = Object.fromEntries(Object.entries(options).map(([name, { value, short, many }]) => [name, {
    type: value === undefined ? 'boolean' : 'string',
    ...short !== undefined && { short },
    ...many && { multiple: true }
  }]))
  try {
    return parseArgs({ args: [...words], options: config, allowPositionals: true })
  } catch (error) {
    // Its own faults are in sentences, of which the first says enough.
    throw new UsageFault(error instanceof Error ? error.message.split('. ')[0] ?? '' : String(error))
  }
}

function checked (options: Options, values: Record<string, unknown>): Values<Options> {
  return Object.fromEntries(Object.entries(options).map(([name, { value, choices, many }]) => {
    const given = values[name]
    for (const each of [given ?? []].flat()) {
      if (choices && !choices.includes(String(each))) throw new UsageFault(`--${name} is ${JSON.stringify(each)}, and may be ${choices.join(', ')}`)
    }
    return [name, given ?? (value === undefined ? false : many ? [] : undefined)]
  })) as Values<Options>
}

/** Without the -- npm keeps options to itself, and a dry run would be a real one. */
function refuseSwallowed (options: Options, env: NodeJS.ProcessEnv): void {
  if (env['npm_command'] !== 'run-script') return
  const swallowed = Object.keys(options).filter((name) => (env[`npm_config_${name.replaceAll('-', '_')}`] ?? '') !== '')
  if (swallowed.length > 0) throw new UsageFault(`npm took --${swallowed.join(' and --')} for itself; put -- behind the name of the script`)
}

/** A whole number within bounds. @throws UsageFault */
export function numberIn (option: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most) throw new UsageFault(`--${option} is ${JSON.stringify(text)}, and may be a whole number from ${least} to ${most}`)
  return value
}
