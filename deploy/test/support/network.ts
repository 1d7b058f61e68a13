import { podOf, selects, type KubernetesObject } from './objects.ts'

type Labels = Record<string, string>
interface Peer { podSelector?: { matchLabels?: Labels }, namespaceSelector?: { matchLabels?: Labels }, ipBlock?: { cidr: string } }
interface Rule { to?: Peer[], from?: Peer[], ports?: Array<{ port: number | string }> }

/** A pod somewhere, the world outside, or what lies in private networks and is no pod, as an API server. */
export type End = { labels: Labels, namespace: Labels } | 'outside' | 'private network'

const here: Labels = { 'kubernetes.io/metadata.name': 'cortex' }

/** A pod of the release by its component. */
export function partOf (objects: readonly KubernetesObject[], component: string, labels: Labels = {}): End {
  const pod = objects.map(podOf).find((pod) => pod && selects({ matchLabels: { 'app.kubernetes.io/component': component, ...labels } }, pod.labels))
  if (!pod) throw new Error(`there is no pod of ${component}`)
  return { labels: pod.labels, namespace: here }
}

export const podIn = (namespace: string, labels: Labels): End => ({ labels, namespace: { 'kubernetes.io/metadata.name': namespace } })

/** Whether the policies let one speak to the other on a port; `outside` stands for a public address on port 443. */
export function mayReach (objects: readonly KubernetesObject[], from: End, to: End, port: number): boolean {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy')
  const of = (end: End, direction: 'Ingress' | 'Egress') => typeof end === 'string' || end.namespace !== here ? [] : policies.filter(({ spec }) => spec.policyTypes.includes(direction) && selects(spec.podSelector, end.labels))
  const allowed = (own: KubernetesObject[], direction: 'egress' | 'ingress', other: End) =>
    own.length === 0 || own.some(({ spec }) => ((spec[direction] ?? []) as Rule[]).some((rule) => fits(rule, direction === 'egress' ? rule.to : rule.from, other)))
  const fits = ({ ports = [] }: Rule, peers: Peer[] = [], other: End) =>
    (ports.length === 0 || ports.some(({ port: named }) => named === port || named === 'http')) && peers.some((peer) => isPeer(peer, other))
  return allowed(of(from, 'Egress'), 'egress', to) && allowed(of(to, 'Ingress'), 'ingress', from)
}

function isPeer ({ podSelector, namespaceSelector, ipBlock }: Peer, end: End): boolean {
  if (end === 'outside') return ipBlock?.cidr === '0.0.0.0/0'
  if (end === 'private network') return ipBlock?.cidr === '10.0.0.0/8'
  if (ipBlock) return false
  return (namespaceSelector ? selects(namespaceSelector, end.namespace) : end.namespace === here) && selects(podSelector, end.labels)
}
