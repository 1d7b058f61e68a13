import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Networks that are nobody's on the public internet: private, shared, loopback, link-local, documentation, benchmarks, multicast, reserved (RFC 6890). */
const closed = new BlockList()
for (const network of [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24',
  '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'
]) add(network, 'ipv4')
// Within 2000::/3: protocol assignments with Teredo and ORCHID, documentation, and 6to4, which would lead to any IPv4 address.
for (const network of ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']) add(network, 'ipv6')

const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')

/** Whether an address, as `dns.lookup` and URLs write it, is one of the public internet. Anything that is no address is not. */
export function isPublicAddress (address: string): boolean {
  if (isIPv4(address)) return !closed.check(address, 'ipv4')
  return isIPv6(address) && global.check(address, 'ipv6') && !closed.check(address, 'ipv6')
}

function add (network: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', prefix = ''] = network.split('/')
  closed.addSubnet(address, Number(prefix), family)
}
