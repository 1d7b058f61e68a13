/** Shorter values are words that may stand anywhere. */
const shortest = 6

/** The text without the values of variables that a program or server was given, however it came to print them. */
export function hidePassed (text: string, names: readonly string[], env: NodeJS.ProcessEnv): string {
  const values = names.flatMap((name) => (env[name] ?? '').split(/\s+/).filter((part) => part.length >= shortest).map((part) => ({ name, part })))
  return values.reduce((clean, { name, part }) => clean.replaceAll(part, `[redacted: ${name}]`), text)
}
