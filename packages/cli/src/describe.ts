import { commands } from './commands/index.ts'
import { exitCodes } from './exit-code.ts'
import { rowsOf, usageOf } from './help.ts'
import { CliConfig } from './settings.ts'

/** The tables of docs/cli.md. */
export function describeCommands (): string {
  return commands.map(({ words, summary, details, args = [], options, examples = [] }) => [
    `### \`cortex ${words}\``,
    '',
    `${summary}.${details === undefined ? '' : ` ${details}`}`,
    '',
    '```sh',
    ...examples.length > 0 ? examples : [usageOf({ words, args, options })],
    '```',
    '',
    ...tableOf(rowsOf(args, Object.entries(options)).slice(0, -1))
  ].join('\n')).join('\n')
}

function tableOf (rows: ReadonlyArray<[string, string]>): string[] {
  return rows.length === 0 ? [] : ['| | |', '|---|---|', ...rows.map(([name, text]) => `| \`${name}\` | ${text.replaceAll('|', '\\|')} |`), '']
}

export function describeExitCodes (): string {
  return ['| code | meaning |', '|---|---|', ...Object.values(exitCodes).map(({ code, meaning }) => `| ${code} | ${meaning} |`)].join('\n')
}

export function describeSettings (): string {
  return ['| variable | default | meaning |', '|---|---|---|', ...Object.entries(CliConfig.properties).map(([name, { description = '', default: standard }]) => `| \`${name}\` | ${standard === undefined ? '' : `\`${standard}\``} | ${description} |`), '| `NO_COLOR` | | Set to anything: no colours |'].join('\n')
}
