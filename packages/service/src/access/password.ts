import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt)

/** 32 MiB and some 0.2 s on a slow core; the equivalent of N=2^17, p=1 in what OWASP advises, with less memory. */
const cost = { N: 32_768, r: 8, p: 3 } as const
const length = 32
/** The form of a hash, with bounds within which one password costs no more than it should. */
export const hashForm = '^scrypt\\$(16384|32768|65536|131072)\\$8\\$[1-8]\\$[A-Za-z0-9_-]{22}\\$[A-Za-z0-9_-]{43}$'

/** `scrypt$N$r$p$salt$key`, salt and key in base64url. */
export async function hashPassword (password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await keyOf(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Takes as long for a person who does not exist (`undefined`) as for one who does. */
export async function isPassword (password: string, hash: string | undefined): Promise<boolean> {
  const [, N, r, p, salt, key] = (hash ?? unknown).split('$')
  const derived = await keyOf(password, Buffer.from(salt ?? '', 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  return timingSafeEqual(derived, Buffer.from(key ?? '', 'base64url')) && hash !== undefined
}

const unknown = ['scrypt', cost.N, cost.r, cost.p, Buffer.alloc(16).toString('base64url'), Buffer.alloc(length).toString('base64url')].join('$')

async function keyOf (password: string, salt: Buffer, { N, r, p }: { N: number, r: number, p: number }): Promise<Buffer> {
  // The same letters may be typed as different code points.
  return await derive(password.normalize('NFKC'), salt, length, { N, r, p, maxmem: 256 * N * r })
}
