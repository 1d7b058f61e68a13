import { spawn, spawnSync } from 'node:child_process'
import { on, once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { temporaryFolder, type TestOwner } from '../workspace.ts'

const forward = fileURLToPath(new URL('forward.ts', import.meta.url))

/**
 * A namespace for the worker, one for its way out, and a link between the two that can be taken down. Services listen on loopback only, so a
 * forwarder stands at either end; the outer one leaves by a socket in the file system, which no network namespace holds.
 */
const script = `
set -e
ip link set lo up
unshare --net sleep 600 & inner=$!
until [ "$(readlink /proc/$inner/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link add outer type veth peer name inner netns $inner
ip address add 10.77.0.1/24 dev outer
ip link set outer up
nsenter --net=/proc/$inner/ns/net sh -c 'ip link set lo up; ip address add 10.77.0.2/24 dev inner; ip link set inner up'
"$0" "$1" 10.77.0.1 7000 "$2" & out=$!
nsenter --net=/proc/$inner/ns/net "$0" "$1" 127.0.0.1 7000 10.77.0.1:7000 & way=$!
echo "inner $inner"
while read state; do ip link set outer "$state"; done
kill $inner $out $way
`

/** Why no such network can be had here, or false. */
export function namespaceFault (): string | false {
  if (spawnSync('ip', ['-V']).status !== 0) return 'network namespaces need ip (iproute2)'
  const { status, stderr } = spawnSync('unshare', ['--map-root-user', '--net', 'ip', 'link', 'add', 'outer', 'type', 'veth', 'peer', 'name', 'inner'], { encoding: 'utf8' })
  return status === 0 ? false : `network namespaces cannot be made here: ${stderr.trim().split('\n')[0]}`
}

export interface SeveredNetwork {
  /** Where a program in the namespace finds the orchestrator. */
  url: string
  /** The command that runs a program in the namespace. */
  prefix: string[]
  cut (): void
  mend (): void
}

export async function startSeveredNetwork (t: TestOwner, target: string): Promise<SeveredNetwork> {
  const exit = join(await temporaryFolder(t), 'exit.sock')
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(target).port), '127.0.0.1')
    client.pipe(upstream).pipe(client)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  server.listen(exit)
  await once(server, 'listening')
  t.teardown(async () => { server.close() })
  const child = spawn('unshare', ['--map-root-user', '--net', 'sh', '-c', script, process.execPath, forward, exit], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(async () => {
    child.stdin.end()
    await once(child, 'exit')
  })
  let inner = ''
  let forwarding = 0
  for await (const [line] of on(createInterface({ input: child.stdout }), 'line', { close: ['close'] }) as AsyncIterable<[string]>) {
    if (line.startsWith('inner ')) inner = line.slice(6)
    else if (line === 'forwarding') forwarding++
    if (inner !== '' && forwarding === 2) break
  }
  return {
    url: 'http://127.0.0.1:7000',
    prefix: ['nsenter', '--user', '--net', '--preserve-credentials', `--target=${inner}`],
    cut: () => child.stdin.write('down\n'),
    mend: () => child.stdin.write('up\n')
  }
}
