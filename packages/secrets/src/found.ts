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

/** From `inner` on, a text and what was made of it run side by side: what is at `inner` there stands at `raw` here. */
export interface Shift { inner: number, raw: number }

/** Places in what was made of a text, as places in the text. Both come in order. */
export function placesIn (found: readonly SecretFound[], shifts: readonly Shift[]): SecretFound[] {
  let shift = 0
  const rawIndex = (index: number) => {
    while (shift + 1 < shifts.length && shifts[shift + 1]!.inner <= index) shift++
    return index - shifts[shift]!.inner + shifts[shift]!.raw
  }
  return found.map(({ index, length, ...rest }) => {
    const from = rawIndex(index)
    const last = rawIndex(index + length - 1)
    return { ...rest, index: from, length: last + 1 - from }
  })
}
