import { redact, redactionMark, replaceSecrets } from '@cortex/secrets'
import { fileUnsuited } from '../../errors.ts'

const mark = /\[redacted: [^\]\n]{1,80}? #(\d{1,6})\]/g

/** A file as it is shown: its secrets are numbered marks, so that it can be changed around them by who never sees them. */
export function veil (text: string, path: string): string {
  return replaceSecrets(text, ({ kind }, number) => `${redactionMark} ${kind} #${number}]`, path)
}

export function isVeiled (text: string): boolean {
  return text.includes(redactionMark)
}

/**
 * The text a veiled one stands for: each mark gives way to the secret of that number in the original. A line with a mark must be as it was shown, and
 * once, so that no secret is put where another stood or where it would be seen.
 * @throws CTX_FILE_UNSUITED
 */
export function unveil (path: string, veiled: string, original: string): string {
  const secrets: string[] = []
  const shown = new Set(replaceSecrets(original, ({ kind, index, length }, number) => {
    secrets[number] = original.slice(index, index + length)
    return `${redactionMark} ${kind} #${number}]`
  }, path).split('\n'))
  for (const line of veiled.split('\n')) {
    if (isVeiled(line) && !shown.delete(line)) throw fileUnsuited(path, `the line ${JSON.stringify(line.trim().slice(0, 120))} holds the mark of a secret and is not, once, as workspace_read shows it; leave such a line as it is or leave it out`)
  }
  let whole = ''
  let at = 0
  for (const { index, 0: found, 1: number } of veiled.matchAll(mark)) {
    const secret = secrets[Number(number)] ?? ''
    const end = index + found.length
    const below = '\n'.repeat(secret.split('\n').length - 1)
    // The lines a secret covers are shown empty.
    if (!veiled.startsWith(below, end)) throw fileUnsuited(path, `the mark ${found} stands for ${below.length + 1} lines; keep the empty ones below it`)
    whole += veiled.slice(at, index) + secret
    at = end + below.length
  }
  whole += veiled.slice(at)
  // Around other words it might no longer be found, and be shown from then on.
  if (redact(whole, path) !== veiled.replaceAll(mark, (found) => found.replace(/ #\d+\]$/, ']'))) throw fileUnsuited(path, 'a secret in it would stand where it is not recognised as one; change the file by hand')
  return whole
}
