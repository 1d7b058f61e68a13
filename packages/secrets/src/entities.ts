import { placesIn, type SecretFound, type Shift } from './found.ts'

const entity = /&(?:quot|apos|#(?:34|39|x22|x27));/g

/** Secrets between quotes that are written as entities of HTML and XML: `&quot;password&quot;:&quot;…&quot;`. `find` is what looks for them. */
export function findInEntities (text: string, find: (plain: string) => readonly SecretFound[]): SecretFound[] {
  const shifts: Shift[] = [{ inner: 0, raw: 0 }]
  let plain = ''
  let at = 0
  for (const { index, 0: sign } of text.matchAll(entity)) {
    plain += text.slice(at, index) + (/quot|34|22/.test(sign) ? '"' : "'")
    at = index + sign.length
    // It ends where the next sign begins, so that a secret that ends with it is replaced whole.
    shifts.push({ inner: plain.length - 1, raw: at - 1 }, { inner: plain.length, raw: at })
  }
  return at === 0 ? [] : placesIn(find(plain + text.slice(at)), shifts)
}
