import { spawn, type ChildProcess } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { hashPassword } from '@cortex/service'
import type { Test } from 'tap'
import { podOf, type Container, type KubernetesObject, type PodTemplate } from './objects.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** The image brings its own; this one spares the tests the compiling. */
const compiled = process.env['NODE_COMPILE_CACHE'] ?? join(root, 'node_modules/.cache/node-compile')
export const password = 'correct horse battery staple'

/** As docs/deploy.md makes them. */
export async function secretsOf (): Promise<Record<string, string>> {
  const serviceToken = randomBytes(32).toString('base64')
  return {
    'service-token': serviceToken,
    'worker-token': createHmac('sha256', serviceToken).update('cortex worker').digest('base64url'),
    'users.yaml': JSON.stringify({ users: { ada: { roles: ['operator', 'approver'], password: await hashPassword(password) } } })
  }
}

/** Where the pods of a test are: their volumes are folders below one, a claim the same one for each pod that mounts it. */
export interface Place {
  folder: string
  variables: Record<string, string>
  /** Ports of this machine by those of the cluster. */
  ports: Record<string, number>
  secrets: Record<string, string>
}

export async function placeFor (t: Test, secrets: Record<string, string>): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'cortex-rendered-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const dockerfile = await readFile(join(root, 'deploy/Dockerfile'), 'utf8')
  const [, env = ''] = /^ENV (NODE_ENV=.+)$/m.exec(dockerfile) ?? []
  const [, command = ''] = /printf '(#!.+)' > \/usr\/local\/bin\/cortex/.exec(dockerfile) ?? []
  await mkdir(join(folder, 'secrets/cortex-sign-in'), { recursive: true })
  await writeFile(join(folder, 'secrets/cortex-sign-in/users.yaml'), secrets['users.yaml']!)
  await mkdir(join(folder, 'page'))
  await writeFile(join(folder, 'page/index.html'), '<!doctype html>')
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'bin/cortex'), command.replaceAll('\\n', '\n').replace('/app/', root), { mode: 0o755 })
  const free = await freePorts(4)
  const ports = Object.fromEntries(['3000', '8000', '8200', '8100'].map((port, index) => [port, free[index]!]))
  return { folder, ports, secrets, variables: { ...Object.fromEntries(env.split(' ').map((pair) => pair.split('=') as [string, string])), PLANNER_PORT: String(ports['8100']) } }
}

export async function freePorts (count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(async (server) => { server.close(); await once(server, 'close') }))
  return ports
}

/** A container with the pod it is of. */
export interface Found { container: Container, pod: PodTemplate }

export function containerOf (objects: readonly KubernetesObject[], name: string): Found {
  for (const pod of objects.map(podOf)) {
    const container = [...pod?.spec.containers ?? [], ...(pod?.spec['initContainers'] ?? []) as Container[]].find((each) => each.name === name)
    if (pod && container) return { container, pod }
  }
  throw new Error(`there is no container ${name}`)
}

/** The folder of a claim's volume. */
export const claimIn = ({ folder }: Place, claim: string): string => join(folder, 'claims', claim)

/** The folders that are mounted, by where; the longest paths first. */
function mountsOf ({ container, pod }: Found, name: string, place: Place): Array<[string, string]> {
  return (container.volumeMounts ?? []).map(({ name: volume, mountPath, subPath = '' }): [string, string] => {
    const { persistentVolumeClaim: claim, secret } = pod.spec.volumes?.find((each) => each['name'] === volume) ?? {}
    return [mountPath, claim ? join(claimIn(place, claim.claimName), subPath) : join(place.folder, secret ? `secrets/${secret.secretName}` : `${name}/${volume}`)]
  }).sort(([a], [b]) => b.length - a.length)
}

/** A container's process with the variables and volumes that were rendered, or a command in it. Its log ends with the process. */
export async function spawnContainer (t: Test, found: Found, pod: string, place: Place, exec?: string) {
  const { args = [], env = [], command } = found.container
  const mounts = mountsOf(found, pod, place)
  for (const [, path] of mounts) await mkdir(path, { recursive: true })
  // All at once, or a folder of this machine would be taken for one of the pod.
  const paths = new RegExp(`(?<![\\w/.-])(${mounts.map(([path]) => path).join('|')})(?=[/\\s"']|$)`, 'g')
  const here = (value: string) => value.replace(paths, (path) => mounts.find(([mounted]) => mounted === path)![1])
    .replace(/^http:\/\/(?:cortex-orchestrator|127\.0\.0\.1):(\d+)$/, (_all, port: string) => `http://127.0.0.1:${place.ports[port]}`)
  const rendered = Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? (valueFrom?.secretKeyRef ? place.secrets[valueFrom.secretKeyRef.key]! : pod)]))
  const settings = Object.fromEntries(Object.entries({ ...place.variables, ...rendered }).map(([name, value]) => [name, place.ports[value]?.toString() ?? here(value)]))
  const [program = '', ...words] = exec === undefined ? command?.filter((word) => word !== 'tini' && word !== '--') ?? [process.execPath, ...args] : ['sh', '-euc', exec]
  const path = [join(place.folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter)
  const child = spawn(program, words.map(here), { cwd: root, env: { ...settings, WEB_ROOT: join(place.folder, 'page'), PATH: path, NODE_COMPILE_CACHE: compiled }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  t.teardown(stop)
  return { child, ended, stop }
}

/** Answers when the process says that it is ready. */
export async function startContainer (t: Test, found: Found, pod: string, place: Place): Promise<{ stop: () => Promise<void> }> {
  const { child, stop } = await spawnContainer(t, found, pod, place)
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (!line.includes('"msg":"ready"')) continue
    child.stdout.resume()
    return { stop }
  }
  throw new Error(`${found.container.args?.[0]} ended: ${said.join('\n')}`)
}

/** Runs a container, or a command in one, to its end. */
export async function runContainer (t: Test, found: Found, pod: string, place: Place, exec?: string): Promise<{ code: number | null, out: string }> {
  const { child, ended } = await spawnContainer(t, found, pod, place, exec)
  const [out, [code]] = await Promise.all([text((child as ChildProcess & { stdout: NodeJS.ReadableStream }).stdout), ended])
  return { code, out }
}
