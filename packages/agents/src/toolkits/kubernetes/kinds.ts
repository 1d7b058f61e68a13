import { Type, type TSchema, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { clusterUnreachable, kindUnknown } from '../../errors.ts'
import type { Cluster } from './cluster.ts'
import { refusalOf } from './refusal.ts'

const GroupList = Type.Object({ groups: Type.Array(Type.Object({ versions: Type.Array(Type.Object({ groupVersion: Type.String() })), preferredVersion: Type.Object({ groupVersion: Type.String() }) })) })
const Version = Type.Object({ gitVersion: Type.String() })
const ResourceList = Type.Object({
  resources: Type.Array(Type.Object({
    name: Type.String(),
    singularName: Type.Optional(Type.String()),
    namespaced: Type.Boolean(),
    kind: Type.String(),
    verbs: Type.Array(Type.String()),
    shortNames: Type.Optional(Type.Array(Type.String()))
  }))
})

/** One kind of objects, as the server names and serves it. */
export interface Kind {
  apiVersion: string
  /** Empty for the core group. */
  group: string
  kind: string
  plural: string
  namespaced: boolean
  /** Every name it goes by, in small letters. */
  names: string[]
}

/** Where one object is, or would be. */
export interface Place { kind: Kind, namespace: string | null, name: string }

/** Milliseconds a catalogue is believed to be complete; an unknown name asks anew after this. */
const freshness = 15_000

/** What kinds the server has, asked once and again when a name is unknown, as after a CustomResourceDefinition came. */
export class Kinds {
  readonly #cluster: Cluster
  #all: Promise<Kind[]> | undefined
  #askedAt = 0

  constructor (cluster: Cluster) {
    this.#cluster = cluster
  }

  /** By kind, plural, singular or short name, in any letters. @throws CTX_KIND_UNKNOWN, CTX_CLUSTER_UNREACHABLE */
  async find (name: string, apiVersion?: string): Promise<Kind> {
    const wanted = name.toLowerCase()
    const among = (kinds: Kind[]) => kinds.find((kind) => kind.names.includes(wanted))
    if (apiVersion !== undefined) {
      const kinds = await this.#of(apiVersion)
      const found = among(kinds)
      if (!found) throw kindUnknown(`${name} in ${apiVersion}`)
      return found
    }
    const found = among(await this.#catalogue()) ?? (performance.now() - this.#askedAt > freshness ? among(await this.#catalogue(true)) : undefined)
    if (!found) throw kindUnknown(name)
    return found
  }

  /** As charts ask for it: the server's version, and each group version and kind it serves, as in apps/v1 and apps/v1/Deployment. @throws CTX_CLUSTER_UNREACHABLE */
  async capabilities (): Promise<{ version: string, served: string[] }> {
    const [version, list] = await Promise.all([this.#cluster.json('GET', '/version'), this.#cluster.json('GET', '/apis')])
    const groupVersions = ['v1', ...checked(GroupList, list).groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))]
    const kinds = await Promise.all(groupVersions.map((groupVersion) => this.#of(groupVersion)))
    return { version: checked(Version, version).gitVersion, served: [...groupVersions, ...kinds.flat().map(({ apiVersion, kind }) => `${apiVersion}/${kind}`)] }
  }

  #catalogue (anew = false): Promise<Kind[]> {
    if (!this.#all || anew) {
      this.#askedAt = performance.now()
      const asked = this.#ask()
      this.#all = asked
      // A failure is not kept.
      asked.catch(() => { if (this.#all === asked) this.#all = undefined })
    }
    return this.#all
  }

  /** Core first, then the groups in the server's own order, each in its preferred version. */
  async #ask (): Promise<Kind[]> {
    const { groups } = checked(GroupList, await this.#cluster.json('GET', '/apis'))
    const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)]
    return (await Promise.all(versions.map((version) => this.#of(version)))).flat()
  }

  /** None for a version the server has not, or whose own server (as the one for metrics) is away. */
  async #of (apiVersion: string): Promise<Kind[]> {
    const [group, path] = apiVersion.includes('/') ? [apiVersion.split('/')[0]!, `/apis/${apiVersion}`] : ['', `/api/${apiVersion}`]
    const list = await this.#cluster.json('GET', path).catch((error: unknown) => {
      if (refusalOf(error)) return { resources: [] }
      throw error
    })
    return checked(ResourceList, list).resources.filter(({ name }) => !name.includes('/')).map(({ name: plural, singularName, namespaced, kind, shortNames = [] }) => ({
      apiVersion,
      group,
      kind,
      plural,
      namespaced,
      names: [kind, plural, singularName ?? '', `${kind}.${group}`, `${plural}.${group}`, ...shortNames].filter(Boolean).map((each) => each.toLowerCase())
    }))
  }
}

/** Where the server keeps a collection, or one object of it. */
export function pathOf ({ apiVersion, plural, namespaced }: Kind, namespace: string | null, name?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const parts = [...(namespaced && namespace !== null ? ['namespaces', namespace] : []), plural, ...(name === undefined ? [] : [name])]
  return `${root}/${parts.map(encodeURIComponent).join('/')}`
}

function checked<T extends TSchema> (schema: T, value: unknown): Static<T> {
  if (!Value.Check(schema, value)) throw clusterUnreachable('what it says it serves is not what Kubernetes answers')
  return value as Static<T>
}
