/** What stands for values that are not of the form, or one too many. */
const other = 'other'

/**
 * Values of a label that others write: only those of the form, and no more of them than `most`, or whoever writes them could fill the memory of
 * this process and of what scrapes it.
 */
export function boundedLabel (form: RegExp, most = 100): (value: string | undefined) => string {
  const known = new Set<string>()
  return (value) => {
    if (value === undefined || !form.test(value)) return other
    if (known.size < most) known.add(value)
    return known.has(value) ? value : other
  }
}
