/** Groups whose kinds say what others may do, what is let in, or what the whole cluster runs. */
const farReachingGroups = new Set([
  'rbac.authorization.k8s.io', 'authorization.openshift.io', 'security.openshift.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io',
  'certificates.k8s.io', 'flowcontrol.apiserver.k8s.io', 'scheduling.k8s.io', 'node.k8s.io', 'storage.k8s.io', 'pkg.crossplane.io', 'kyverno.io', 'templates.gatekeeper.sh', 'constraints.gatekeeper.sh'
])
/** Of groups that hold other kinds as well: without a namespace, or such that they have a cluster run what lies elsewhere. */
const farReachingKinds = /^(?:Cluster\w+|\w*Webhook\w*|Namespace|Node|PersistentVolume|PodSecurityPolicy|SecurityContextConstraints|GatewayClass|IngressClass|Application|ApplicationSet|AppProject)$/i

/** As the kubernetes toolkit has it for a kind the server knows. */
export function isFarReachingGroup (group: string): boolean {
  return farReachingGroups.has(group.toLowerCase())
}

/** Whether an object of this kind changes more than its own namespace, as far as its name tells. */
export function isFarReaching (apiVersion: string, kind: string): boolean {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''
  return isFarReachingGroup(group) || group.endsWith('.toolkit.fluxcd.io') || farReachingKinds.test(kind)
}
