const units: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 }

/** Thousandths of a core: `500m`, `2`, `0.5`. Undefined when it is no quantity. */
export function millicoresOf (quantity: string): number | undefined {
  const [, number, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity) ?? []
  if (number === undefined) return undefined
  return Math.ceil(Number(number) * (milli === 'm' ? 1 : 1_000))
}

/** Bytes: `128Mi`, `1G`, `134217728`. Undefined when it is no quantity. */
export function bytesOf (quantity: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(quantity) ?? []
  return number === undefined ? undefined : Math.ceil(Number(number) * units[unit]!)
}

/** The next whole number of Mi, or of Gi where it is one. */
export function toMemory (bytes: number): string {
  const mebibytes = Math.ceil(bytes / units.Mi!)
  return mebibytes > 0 && mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`
}
