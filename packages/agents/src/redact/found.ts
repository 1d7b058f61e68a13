/** A place in a text that holds a secret. */
export interface SecretFound {
  kind: string
  index: number
  length: number
  /** Its form alone gives it away. Otherwise it is one because of where it stands. */
  certain: boolean
}

/** The places in order, those that touch or overlap made one, so that no part of a secret is left between two marks. */
export function inOrder (found: readonly SecretFound[]): SecretFound[] {
  const merged: SecretFound[] = []
  for (const each of [...found].sort((a, b) => a.index - b.index || b.length - a.length)) {
    const last = merged.at(-1)
    if (!last || each.index >= last.index + last.length) {
      merged.push({ ...each })
      continue
    }
    last.length = Math.max(last.length, each.index + each.length - last.index)
    last.certain ||= each.certain
  }
  return merged
}
