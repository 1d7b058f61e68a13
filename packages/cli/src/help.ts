import { CliConfig } from './settings.ts'
import type { Argument, Command, Option } from './command.ts'
import { exitCodes } from './exit-code.ts'

/** All of them in a few words each. @param whole tells settings and exit codes as well */
export function renderOverview (commands: readonly Command[], whole: boolean): string {
  const width = Math.max(...commands.map(({ words }) => words.length))
  return [
    'Usage: cortex COMMAND [ARGUMENTS] [OPTIONS]',
    '',
    ...commands.map(({ words, summary }) => `  ${words.padEnd(width)}  ${summary}`),
    '',
    'cortex COMMAND --help tells what a command takes, cortex --version which Cortex this is.',
    ...whole ? ['', 'Settings are environment variables:', '', ...settingLines(), '', 'Exit codes:', '', ...codeLines()] : [],
    ''
  ].join('\n')
}

/** What one command takes. */
export function renderHelp ({ words, summary, details, args = [], options, examples = [] }: Command): string {
  const lines = rowsOf(args, Object.entries(options))
  const width = Math.max(...lines.map(([name]) => name.length))
  return [
    `Usage: ${usageOf({ words, args, options })}`,
    '',
    `${summary}.`,
    ...details === undefined ? [] : [details],
    '',
    ...lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
    ...examples.length === 0 ? [] : ['', 'Examples:', '', ...examples.map((example) => `  ${example}`)],
    ''
  ].join('\n')
}

export function usageOf ({ words, args = [], options }: Pick<Command, 'words' | 'args' | 'options'>): string {
  return [`cortex ${words}`, ...args.map(({ name, optional }) => optional ? `[${name}]` : name), ...Object.keys(options).length > 0 ? ['[OPTIONS]'] : []].join(' ')
}

/** Arguments, then options, each with what it means. */
export function rowsOf (args: readonly Argument[], options: ReadonlyArray<[string, Option]>): Array<[string, string]> {
  return [
    ...args.map(({ name, text }): [string, string] => [name, text]),
    ...options.map(([name, { value, short, text, choices, many }]): [string, string] => [
      `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      [text, ...choices ? [`one of ${choices.join(', ')}`] : [], ...many ? ['may be given several times'] : []].join('; ')
    ]),
    ['-h, --help', 'Tell this']
  ]
}

function settingLines (): string[] {
  return [...Object.entries(CliConfig.properties).map(([name, { description = '', default: standard }]): [string, string] => [name, `${description}${standard === undefined ? '' : ` (${standard})`}`]), ['NO_COLOR', 'Set to anything: no colours']]
    .map(([name = '', text]) => `  ${name.padEnd(12)}  ${text}`)
}

function codeLines (): string[] {
  return Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padEnd(4)}${meaning}`)
}
