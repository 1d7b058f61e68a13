import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parse } from 'yaml'
import { kubernetesFaults } from '../kubernetes.ts'
import { temporaryFolder, type TestOwner } from '../workspace.ts'
import { applyManifest, mergePatch, recordUpdate } from './api-server-stand-in-apply.ts'
import { isFields, type Fields } from './api-server-stand-in-fields.ts'
import { allocate, discover, kinds, withDefaults, type ServedKind } from './api-server-stand-in-kinds.ts'
import { decodeProtobuf } from './api-server-stand-in-protobuf.ts'
import { collectionOf, StoredObjects, type StoredObject, type WatchEvent } from './api-server-stand-in-objects.ts'

const token = 'stand-in-token'

/** What a client asked for. */
export interface Asked { method: string, path: string, dryRun: boolean }

export interface ApiServerStandIn {
  url: string
  kubeconfig: string
  objects: StoredObjects
  /** Every request that may change something, in order. */
  asked: Asked[]
  /** An admission webhook: a reason refuses the request. */
  refuse: (asked: Asked) => string | undefined
  /** Called when a request has been done and before it is answered; true cuts the connection instead. */
  cut: (asked: Asked) => boolean
  logs: Map<string, string>
  /** Writes as somebody else does, by another field manager. */
  write (object: Fields, manager?: string): StoredObject
  find (kind: string, name: string, namespace?: string): StoredObject | undefined
  kind (kind: string): ServedKind
}

class Fault extends Error {
  readonly status: number
  readonly reason: string
  readonly causes: Fields[]

  constructor (status: number, reason: string, message: string, causes: Fields[] = []) {
    super(message)
    this.status = status
    this.reason = reason
    this.causes = causes
  }
}

interface Call { method: string, kind: ServedKind, namespace: string | undefined, name: string | undefined, sub: string | undefined, query: URLSearchParams, body: Fields, type: string, accept: string }

/**
 * A Kubernetes API server as far as the toolkits use one, over real HTTP with a bearer token: discovery, objects with versions and field managers,
 * server-side apply with its conflicts, dry runs, strict field validation by the published schemas, preconditions, tables, watches and logs.
 */
export async function startApiServer (t: TestOwner): Promise<ApiServerStandIn> {
  const objects = new StoredObjects()
  objects.setMaxListeners(0)
  const server = createServer((request, response) => { answer(request, response) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const kubeconfig = join(await temporaryFolder(t), 'kubeconfig')
  await writeFile(kubeconfig, JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'stand-in', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'stand-in', user: 'test', namespace: 'web' } }],
    'current-context': 'test'
  }), { mode: 0o600 })
  const kindNamed = (kind: string) => kinds.find((each) => each.kind === kind)!
  const standIn: ApiServerStandIn = {
    url,
    kubeconfig,
    objects,
    asked: [],
    refuse: () => undefined,
    cut: () => false,
    logs: new Map(),
    write (object, manager = 'kubectl-edit') {
      const kind = kindNamed(object.kind as string)
      const { name, namespace } = object.metadata as { name: string, namespace?: string }
      const written = withDefaults(structuredClone(object))
      allocate(written)
      recordUpdate(objects.get(kind, namespace, name), written, { manager, operation: 'Update', apiVersion: kind.apiVersion })
      return objects.write(kind, namespace, written)
    },
    find: (kind, name, namespace) => objects.get(kindNamed(kind), namespace, name),
    kind: kindNamed
  }

  async function answer (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url!, url)
    const json = (status: number, body: unknown): void => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)) }
    try {
      const bytes = await bodyOf(request)
      // Programs in Go send no token where there is no TLS.
      const isGo = /^(?:Helm|kubectl)\//.test(request.headers['user-agent'] ?? '')
      if (!isGo && request.headers.authorization !== `Bearer ${token}`) throw new Fault(401, 'Unauthorized', 'Unauthorized')
      const found = discover(pathname)
      if (found) return json(200, found)
      const { accept = '', 'content-type': type = '' } = request.headers
      const body = type.endsWith('.protobuf') ? decodeProtobuf(bytes) : parse(bytes.toString('utf8') || '{}') as Fields
      const call: Call = { ...route(pathname), method: request.method!, query, body, type, accept }
      if (call.sub === 'log') {
        response.end(logOf(call))
        return
      }
      if (query.get('watch') === 'true') return watch(call, response)
      const asked: Asked = { method: call.method, path: pathname, dryRun: query.get('dryRun') === 'All' || (Array.isArray(call.body.dryRun) && call.body.dryRun.includes('All')) }
      if (call.method !== 'GET') {
        standIn.asked.push(asked)
        const refusal = standIn.refuse(asked)
        if (refusal !== undefined) throw new Fault(403, 'Forbidden', `admission webhook "policy.example.com" denied the request: ${refusal}`)
      }
      const [status, answer] = call.method === 'GET' ? [200, read(call)] : await change(call, asked.dryRun)
      if (standIn.cut(asked)) request.socket.destroy()
      else json(status, answer)
    } catch (error) {
      const { status, reason, message, causes } = error instanceof Fault ? error : new Fault(500, 'InternalError', String((error as Error).stack))
      json(status, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code: status, details: { causes } })
    }
  }

  function read (call: Call): unknown {
    const { kind, namespace, name, query, accept } = call
    if (name !== undefined) return existing(call)
    const items = objects.list(kind, namespace, selects(query)).slice(0, Number(query.get('limit') ?? Infinity))
    const metadata = { resourceVersion: objects.version }
    if (!accept.includes('as=Table')) return { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata, items: items.map(({ kind: _, apiVersion, ...item }) => item) }
    const columns = [{ name: 'Name', priority: 0 }, { name: 'Created', priority: 0 }, { name: 'UID', priority: 1 }]
    return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: columns, rows: items.map(({ metadata }) => ({ cells: [metadata.name, metadata.creationTimestamp, metadata.uid], object: { metadata } })) }
  }

  async function change (call: Call, dryRun: boolean): Promise<[status: number, body: unknown]> {
    const { method, kind, namespace, query, body, type } = call
    if (namespace !== undefined && !objects.get(kindNamed('Namespace'), undefined, namespace)) throw new Fault(404, 'NotFound', `namespaces "${namespace}" not found`)
    const name = call.name ?? (body.metadata as { name: string }).name
    const live = objects.get(kind, namespace, name)
    if (method === 'DELETE') return [200, erase(call, dryRun)]
    if (method === 'POST' && live) throw new Fault(409, 'AlreadyExists', `${kind.plural} "${name}" already exists`)
    const applies = type.startsWith('application/apply-patch')
    if (!live && method !== 'POST' && !applies) existing(call)
    const { resourceVersion, uid } = (body.metadata ?? {}) as { resourceVersion?: string, uid?: string }
    // Only a uid keeps an apply from creating what is not there; a version does not.
    if (!live && applies && uid !== undefined) throw new Fault(409, 'Conflict', `Operation cannot be fulfilled on ${kind.plural} "${name}": uid mismatch: the provided object specified uid ${uid}, and no existing object was found`)
    if (live && resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) throw new Fault(409, 'Conflict', `Operation cannot be fulfilled on ${kind.plural} "${name}": the object has been modified; please apply your changes to the latest version and try again`)
    if (live && uid !== undefined && uid !== live.metadata.uid) throw new Fault(422, 'Invalid', `${kind.kind} "${name}" is invalid: metadata.uid: Invalid value: "${uid}": field is immutable`)
    const author = { manager: query.get('fieldManager') ?? 'unknown', operation: applies ? 'Apply' as const : 'Update' as const, apiVersion: kind.apiVersion }
    let object: Fields
    if (applies) {
      const { object: applied, conflicts } = applyManifest(live, without(body, ['resourceVersion', 'uid']), author, query.get('force') === 'true')
      if (conflicts.length > 0) {
        throw new Fault(409, 'Conflict', `Apply failed with ${conflicts.length} conflict: conflict with "${conflicts[0]!.manager}" using ${kind.apiVersion}: ${conflicts[0]!.field}`,
          conflicts.map(({ field, manager }) => ({ reason: 'FieldManagerConflict', message: `conflict with "${manager}" using ${kind.apiVersion}`, field })))
      }
      object = withDefaults(applied)
    } else {
      object = withDefaults(method === 'PATCH' ? mergePatch(live, without(body, ['resourceVersion', 'uid'])) as Fields : structuredClone(body))
      recordUpdate(live, object, author)
    }
    const faults = await kubernetesFaults(without(object, ['managedFields'])).catch(() => [])
    if (faults.length > 0) throw new Fault(422, 'Invalid', `${kind.kind} "${name}" is invalid: ${faults.join('; ')}`)
    if (dryRun) return [200, objects.prepared(live, object, namespace)]
    allocate(object)
    return [live ? 200 : 201, objects.write(kind, namespace, object)]
  }

  function erase (call: Call, dryRun: boolean): unknown {
    const { kind, namespace, body } = call
    const live = existing(call)
    for (const [field, wanted] of Object.entries((body.preconditions ?? {}) as Fields)) {
      if (wanted !== live.metadata[field]) throw new Fault(409, 'Conflict', `Precondition failed: ${field} in precondition: ${String(wanted)}, in object: ${String(live.metadata[field])}`)
    }
    if (!dryRun) objects.delete(kind, namespace, live.metadata.name)
    return { kind: 'Status', apiVersion: 'v1', status: 'Success' }
  }

  function existing ({ kind, namespace, name }: Call): StoredObject {
    const found = objects.get(kind, namespace, name!)
    if (!found) throw new Fault(404, 'NotFound', `${kind.plural} "${name}" not found`)
    return found
  }

  function logOf ({ namespace, name, query }: Call): string {
    const log = standIn.logs.get(`${namespace}/${name}`)
    if (log === undefined) throw new Fault(404, 'NotFound', `pods "${name}" not found`)
    return log.split('\n').slice(-Number(query.get('tailLines')) - 1).join('\n')
  }

  /** From a version on: what happened since, then what happens. */
  function watch ({ kind, namespace, query }: Call, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    const since = Number(query.get('resourceVersion') ?? 0)
    const collection = collectionOf(kind)
    const wanted = selects(query)
    const tell = (event: WatchEvent) => {
      if (event.collection !== collection || event.version <= since || (namespace !== undefined && event.object.metadata.namespace !== namespace) || !wanted(event.object)) return
      response.write(`${JSON.stringify({ type: event.type, object: event.object })}\n`)
    }
    objects.events.forEach(tell)
    objects.on('event', tell)
    response.on('close', () => objects.off('event', tell))
  }

  return standIn
}

function route (path: string): Pick<Call, 'kind' | 'namespace' | 'name' | 'sub'> {
  const [, root, ...parts] = path.split('/').map(decodeURIComponent)
  const apiVersion = root === 'api' ? parts.shift() : parts.splice(0, 2).join('/')
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? parts.splice(0, 2)[1] : undefined
  const [plural, name, sub] = parts
  const kind = kinds.find((each) => each.apiVersion === apiVersion && each.plural === plural)
  if (!kind) throw new Fault(404, 'NotFound', 'the server could not find the requested resource')
  return { kind, namespace, name, sub }
}

function selects (query: URLSearchParams): (object: StoredObject) => boolean {
  const terms = (name: string) => (query.get(name) ?? '').split(',').filter(Boolean).map((term) => term.split('='))
  const labels = terms('labelSelector')
  const fields = terms('fieldSelector')
  const at = (object: unknown, path: string) => path.split('.').reduce<unknown>((value, step) => isFields(value) ? value[step] : undefined, object)
  return (object) => labels.every(([key = '', value]) => object.metadata.labels?.[key] === value) && fields.every(([path = '', value]) => at(object, path) === value)
}

function without (object: Fields, names: string[]): Fields {
  if (!isFields(object.metadata)) return object
  return { ...object, metadata: Object.fromEntries(Object.entries(object.metadata).filter(([name]) => !names.includes(name))) }
}

async function bodyOf (request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
