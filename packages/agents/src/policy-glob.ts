/** Wildcards in one part between slashes: each more takes the time another hundred times, and three take 0.1 s for 400 characters. */
const wildcardLimit = 3
const alternativeLimit = 64

/** What keeps a glob of the operator's from being matched in a bounded time, whatever the target is; undefined when nothing does. */
export function globFault (glob: string): string | undefined {
  const plain = glob.replaceAll(/\\./gs, 'x')
  if (/[*+]\(/.test(plain)) return 'repeats a group, by *( or +(, which may take for ever; write the alternatives out, or a rule for each'
  if (/\{[^{},]*\.\.[^{},]*\}/.test(plain)) return 'holds a range in braces; write the alternatives out, or *'
  const globs = expanded(plain)
  if (globs === undefined) return `comes to more than ${alternativeLimit} globs by its braces; write more rules`
  const part = globs.flatMap((each) => each.split('/')).find((each) => (each.match(/\*+|[?@!]\(/g)?.length ?? 0) > wildcardLimit)
  return part === undefined ? undefined : `has more than ${wildcardLimit} wildcards or groups in one part of the path (${part}); write fewer`
}

/** A glob for each way through its braces, the innermost first; undefined where they are too many. */
function expanded (glob: string): string[] | undefined {
  const done: string[] = []
  const open = [glob]
  while (open.length > 0) {
    if (open.length + done.length > alternativeLimit) return undefined
    const next = open.pop()!
    const braces = /\{([^{}]*)\}/.exec(next)
    if (braces === null) done.push(next)
    else open.push(...alternatives(braces[1]!).map((each) => next.slice(0, braces.index) + each + next.slice(braces.index + braces[0].length)))
  }
  return done
}

/** Braces without a comma are letters. */
function alternatives (inner: string): string[] {
  return inner.includes(',') ? inner.split(',') : [`x${inner}x`]
}
