import { isGiven } from './commands.ts'

/** Programs that take a secret by a flag that does not say so: behind it in the same argument, or as the next one. */
const programs: ReadonlyArray<readonly [program: RegExp, flag: RegExp, isNext: boolean]> = [
  [/^(?:mysql|mariadb)[\w-]{0,12}$/, /^-p/, false],
  [/^sshpass$/, /^-p$/, true],
  [/^redis-cli$/, /^-a$/, true],
  [/^(?:mongo\w{0,8}|cqlsh)$/, /^-p$/, true],
  [/^ldap[a-z]{3,8}$/, /^-w$/, true],
  [/^openssl$/, /^-k$/i, true],
  [/^(?:sqlcmd|bcp|mosquitto_\w{3}|ipmitool)$/, /^-P$/, true],
  [/^snmp[a-z]{2,8}$/, /^-[cAX]$/, true],
  [/^curl$/, /^(?:-[uU]|--(?:proxy-)?user)$/, true]
]

/** What each field of a container holds before the other: `command` runs, `args` are what it is given. */
const starts = /^(?:command|entrypoint)$/i

/** The program that a field runs whose name and value these are; undefined where it is none that takes secrets. */
export function programOf (field: string, value: unknown): string | undefined {
  if (!starts.test(field)) return undefined
  return (Array.isArray(value) ? value : [value]).map(knownProgram).find((each) => each !== undefined)
}

/** Where in each argument its secret begins, by the index of the argument. `program` is the one that is given all of them. */
export function secretsInArguments (items: readonly unknown[], program: string | undefined): Map<number, number> {
  const found = new Map<number, number>()
  let current = program
  for (const [index, item] of items.entries()) {
    current = knownProgram(item) ?? current
    if (typeof item !== 'string' || current === undefined) continue
    for (const [name, flag, isNext] of programs) {
      if (!name.test(current)) continue
      const before = items[index - 1]
      const at = isNext ? typeof before === 'string' && flag.test(before) ? current === 'curl' ? item.indexOf(':') + 1 : 0 : -1 : flag.exec(item)?.[0].length ?? -1
      if (at >= 0 && (current !== 'curl' || at > 0) && item.length >= at + 3 && isGiven(item.slice(at))) found.set(index, at)
    }
  }
  return found
}

function knownProgram (item: unknown): string | undefined {
  const name = typeof item === 'string' ? /^[^\s]{0,100}$/.exec(item)?.[0].split('/').at(-1) : undefined
  return name !== undefined && programs.some(([program]) => program.test(name)) ? name : undefined
}
