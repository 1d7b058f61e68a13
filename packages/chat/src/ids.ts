import { randomInt } from 'node:crypto'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** `<prefix>-<20 of 0-9a-z>` from a CSPRNG: about 103 bits. */
export function newId (prefix: 'conv' | 'msg' | 'run' | 'batch' | 'session' | 'token'): string {
  let id = `${prefix}-`
  for (let n = 0; n < 20; n++) id += alphabet[randomInt(alphabet.length)]
  return id
}
