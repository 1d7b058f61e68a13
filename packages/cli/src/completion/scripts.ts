import type { Argument, Command, Option } from '../command.ts'

/** A word of the first place, and the second ones it has. */
interface Head { word: string, summary: string, seconds: Array<{ word: string, summary: string }> }

export function bash (commands: readonly Command[]): string {
  const heads = headsOf(commands)
  return `# bash completion for cortex, printed by: cortex completion bash
_cortex() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W ${quote(heads.map(({ word }) => word).join(' '))} -- "$current"))
    return
  fi
  case $command in
${heads.filter(({ seconds }) => seconds.length > 0).map(({ word, seconds }) => `    ${word})
      if (( COMP_CWORD == 2 )); then
        COMPREPLY=($(compgen -W ${quote(seconds.map(({ word: second }) => second).join(' '))} -- "$current"))
        return
      fi
      command="$command \${COMP_WORDS[2]}"
      ;;`).join('\n')}
  esac
  case "$command $previous" in
${commands.flatMap(({ words, options }) => Object.entries(options).filter(([, { value }]) => value !== undefined).map(([name, option]) => `    ${quote(`${words} --${name}`)}) ${bashValues(option.choices ?? option.completes)}; return ;;`)).join('\n')}
  esac
  case $command in
${commands.map(({ words, options, args = [] }) => `    ${quote(words)}) if [[ $current == -* ]]; then COMPREPLY=($(compgen -W ${quote(flagsOf(options).join(' '))} -- "$current")); else ${bashValues(args[0]?.completes)}; fi ;;`).join('\n')}
  esac
}
complete -F _cortex cortex
`
}

export function zsh (commands: readonly Command[]): string {
  const heads = headsOf(commands)
  return `#compdef cortex
# zsh completion for cortex, printed by: cortex completion zsh
_cortex() {
  local command=$words[2]
  local -a list
  if (( CURRENT == 2 )); then
    list=(${heads.map(({ word, summary }) => quote(`${word}:${summary}`)).join(' ')})
    _describe command list
    return
  fi
  case $command in
${heads.filter(({ seconds }) => seconds.length > 0).map(({ word, seconds }) => `    (${word})
      if (( CURRENT == 3 )); then
        list=(${seconds.map(({ word: second, summary }) => quote(`${second}:${summary}`)).join(' ')})
        _describe command list
        return
      fi
      command="$command $words[3]"
      shift words
      (( CURRENT-- ))
      ;;`).join('\n')}
  esac
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(({ words, options, args = [] }) => `    (${quote(words)}) _arguments -S ${[...Object.entries(options).map(([name, option]) => quote(zshOption(name, option))), quote('(- *)--help[Tell what it takes]'), ...args.map((argument, at) => quote(`${at + 1}:${argument.name}:${zshValues(argument.completes)}`))].join(' ')} ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _cortex ]]; then _cortex "$@"; else compdef _cortex cortex; fi
`
}

export function fish (commands: readonly Command[]): string {
  const heads = headsOf(commands)
  const all = heads.map(({ word }) => word).join(' ')
  return `# fish completion for cortex, printed by: cortex completion fish
complete -c cortex -f
${heads.map(({ word, summary }) => `complete -c cortex -n ${quote(`not __fish_seen_subcommand_from ${all}`)} -a ${word} -d ${quote(summary)}`).join('\n')}
${heads.flatMap(({ word, seconds }) => seconds.map(({ word: second, summary }) => `complete -c cortex -n ${quote(`__fish_seen_subcommand_from ${word}; and not __fish_seen_subcommand_from ${seconds.map((each) => each.word).join(' ')}`)} -a ${second} -d ${quote(summary)}`)).join('\n')}
${commands.flatMap(({ words, options, args = [] }) => {
    const when = quote(words.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`).join('; and '))
    return [
      ...Object.entries(options).map(([name, option]) => `complete -c cortex -n ${when} -l ${name}${option.short === undefined ? '' : ` -s ${option.short}`}${fishValues(option)} -d ${quote(option.text)}`),
      ...args.flatMap(({ completes }) => completes === undefined ? [] : [`complete -c cortex -n ${when} ${typeof completes === 'string' ? '-F' : `-a ${quote(completes.join(' '))}`}`])
    ]
  }).join('\n')}
`
}

function headsOf (commands: readonly Command[]): Head[] {
  const heads = new Map<string, Head>()
  for (const { words, summary } of commands) {
    const [word = '', second] = words.split(' ')
    const head = heads.get(word) ?? { word, summary, seconds: [] }
    if (second !== undefined) {
      head.seconds.push({ word: second, summary })
      head.summary = head.seconds.map((each) => each.word).join(', ')
    }
    heads.set(word, head)
  }
  return [...heads.values()]
}

function flagsOf (options: Command['options']): string[] {
  return [...Object.keys(options).map((name) => `--${name}`), '--help']
}

function bashValues (completes: Argument['completes']): string {
  if (typeof completes === 'object') return `COMPREPLY=($(compgen -W ${quote(completes.join(' '))} -- "$current"))`
  if (completes === undefined) return ':'
  return `compopt -o filenames; mapfile -t COMPREPLY < <(compgen ${completes === 'folder' ? '-d' : '-f'} -- "$current")`
}

function zshOption (name: string, { text, value, short, choices, completes, many }: Option): string {
  const flags = short === undefined ? `--${name}` : `(-${short} --${name})--${name}`
  const told = `[${text.replace(/[[\]:]/g, '\\$&')}]`
  return `${many ? '*' : ''}${flags}${told}${value === undefined ? '' : `:${value}:${zshValues(choices ?? completes)}`}`
}

function zshValues (completes: 'file' | 'folder' | readonly string[] | undefined): string {
  if (completes === undefined) return ' '
  if (typeof completes !== 'string') return `(${completes.join(' ')})`
  return completes === 'folder' ? '_files -/' : '_files'
}

function fishValues ({ value, choices, completes }: Option): string {
  if (value === undefined) return ''
  return choices ? ` -x -a ${quote(choices.join(' '))}` : completes === undefined ? ' -x' : ' -r -F'
}

/** Single quotes, in which no shell sees anything. */
function quote (text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
