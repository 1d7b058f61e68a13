/** JSON with sorted keys and no spaces: equal values give equal text, whatever order they were built in. */
export function canonicalJson (value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = value as Record<string, unknown>
  // Without a comparison of their own, names are sorted by code unit, so that the order depends on no locale.
  return `{${Object.keys(fields).filter((key) => fields[key] !== undefined).sort().map((key) => `${JSON.stringify(key)}:${canonicalJson(fields[key])}`).join(',')}}`
}
