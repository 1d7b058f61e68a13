import { podOf, selects, type Container, type KubernetesObject } from './objects.ts'

/** What objects say of each other and is not so; Secrets of `given` are the operator's. */
export function referenceFaults (objects: readonly KubernetesObject[], given: readonly string[]): string[] {
  const named = (kind: string, name: string, namespace?: string) => objects.find((object) => object.kind === kind && object.metadata.name === name && (namespace === undefined || object.metadata.namespace === namespace))
  const pods = objects.flatMap((object) => podOf(object) ?? [])
  return objects.flatMap((object): string[] => {
    const missing = (kind: string, name: string | undefined) => name === undefined || named(kind, name) ? [] : [`${object.kind} ${object.metadata.name} names ${kind} ${name}, which is not there`]
    const pod = podOf(object)
    const spec = object['spec'] ?? {}
    return [
      ...(pod
        ? [
            ...(pod.spec['serviceAccountName'] === 'default' ? [] : missing('ServiceAccount', pod.spec['serviceAccountName'])),
            ...(pod.spec.volumes ?? []).flatMap((volume) => [...missing('PersistentVolumeClaim', volume['persistentVolumeClaim']?.claimName), ...missing('ConfigMap', volume['configMap']?.name)]),
            ...secretsOf(pod).filter((name) => !given.includes(name)).map((name) => `${object.metadata.name} needs the Secret ${name}, which nobody was told of`),
            ...pod.spec.containers.flatMap(({ volumeMounts = [], name }) => volumeMounts.filter((mount) => !pod.spec.volumes?.some((volume) => volume['name'] === mount.name)).map((mount) => `${name} mounts ${mount.name}, which is no volume`)),
            ...(spec.selector && !selects(spec.selector, pod.labels) ? [`${object.metadata.name} does not select its own pods`] : [])
          ]
        : []),
      ...(object.kind === 'Service' ? selectsNone(object, { matchLabels: spec.selector }) : []),
      ...(object.kind === 'PodDisruptionBudget' ? selectsNone(object, spec.selector) : []),
      ...(object.kind === 'RoleBinding' ? [...missing('Role', object['roleRef'].name), ...missing('ServiceAccount', object['subjects'][0].name)] : []),
      ...(spec.scaleTargetRef ? missing(spec.scaleTargetRef.kind, spec.scaleTargetRef.name) : []),
      ...(object.kind === 'Ingress' ? missing('Service', spec.rules[0].http.paths[0].backend.service.name) : []),
      ...(object.kind === 'HTTPRoute' ? missing('Service', spec.rules[0].backendRefs[0].name) : []),
      ...(object.kind === 'ServiceMonitor' && !objects.some(({ kind, metadata }) => kind === 'Service' && selects(spec.selector, metadata.labels ?? {})) ? ['the ServiceMonitor selects no Service'] : []),
      ...transportOf(object).flatMap((name) => missing('ServersTransport', name))
    ]
  })

  function selectsNone (object: KubernetesObject, selector: { matchLabels?: Record<string, string> }): string[] {
    return pods.some(({ labels }) => selects(selector, labels)) ? [] : [`${object.kind} ${object.metadata.name} selects no pod`]
  }
}

/** As Traefik reads it: namespace-name@kubernetescrd. */
function transportOf ({ metadata: { annotations = {}, namespace } }: KubernetesObject): string[] {
  const named = annotations['traefik.ingress.kubernetes.io/service.serverstransport']
  return named === undefined ? [] : [named.replace(`${namespace}-`, '').replace('@kubernetescrd', '')]
}

function secretsOf (pod: NonNullable<ReturnType<typeof podOf>>): string[] {
  const variables = [...pod.spec.containers, ...(pod.spec['initContainers'] ?? []) as Container[]].flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []))
  return [...variables, ...(pod.spec.volumes ?? []).flatMap((volume) => volume['secret']?.secretName ?? [])]
}
