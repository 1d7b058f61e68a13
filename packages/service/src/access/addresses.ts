import { BlockList, isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** Addresses and networks of the operator's proxies. */
export class AddressList {
  readonly #list = new BlockList()

  /** @throws Error naming what is none */
  constructor (text: string) {
    for (const entry of text.split(',').map((each) => each.trim())) {
      const [address = '', bits] = entry.split('/')
      const family = isIP(address)
      const most = family === 4 ? 32 : 128
      if (family === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) throw new Error(`holds ${JSON.stringify(entry)}, which is no address or network`)
      if (Number(bits ?? most) === 0) throw new Error(`holds ${entry}, which is every address: name those of your proxies`)
      this.#list.addSubnet(address, Number(bits ?? most), family === 4 ? 'ipv4' : 'ipv6')
    }
  }

  has (address: string): boolean {
    const plain = plainAddress(address)
    const family = isIP(plain)
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  }
}

/** The address of whoever asks: the peer's, or the last one before the operator's proxies in the chain they write. What stands before it anybody may have written. */
export function clientAddress (request: FastifyRequest, proxies: AddressList | null): string {
  const peer = plainAddress(request.socket.remoteAddress ?? '')
  if (!proxies?.has(peer)) return peer
  const chain = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').map((each) => plainAddress(each.trim()))
  return chain.reverse().find((address) => isIP(address) !== 0 && !proxies.has(address)) ?? peer
}

/** IPv4 in the form of IPv6 is IPv4. */
function plainAddress (address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
