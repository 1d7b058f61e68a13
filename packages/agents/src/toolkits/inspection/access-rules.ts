import type { Report } from './finding.ts'
import { listOf, recordOf, textOf, type Manifest } from './manifests.ts'

/** Who may use these can do in the cluster what others may. */
const takingOver = new Set(['escalate', 'bind', 'impersonate'])
/** Who may create these gets into what runs, or gets its tokens. */
const wayIn = new Set(['pods/exec', 'pods/attach', 'pods/ephemeralcontainers', 'pods/portforward', 'nodes/proxy', 'serviceaccounts/token'])
const everybody = new Set(['system:authenticated', 'system:serviceaccounts'])
/** By these, much may be changed. */
const changing = new Set(['edit', 'admin', 'cluster-admin'])
const reading = new Set(['get', 'list', 'watch', '*'])

/** What is wrong with roles and bindings. */
export function checkAccess (manifest: Manifest, report: Report): void {
  const { kind, value } = manifest
  if (kind === 'Role' || kind === 'ClusterRole') {
    for (const [index, rule] of listOf(value.rules).entries()) checkRule(rule, index, kind, report)
  }
  if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') {
    if (textOf(recordOf(value.roleRef).name) === 'cluster-admin') report('k8s-rbac-cluster-admin', 'critical', ['roleRef'], 'gives cluster-admin', 'Bind a role that names what is needed')
    for (const [index, subject] of listOf(value.subjects).entries()) {
      const [name, role] = [textOf(subject.name), textOf(recordOf(value.roleRef).name)]
      if (everybody.has(name) && changing.has(role)) report('k8s-rbac-everybody', kind === 'RoleBinding' ? 'high' : 'critical', ['subjects', index], `gives ${role} to ${name}, which is everybody`, 'Bind named users or service accounts')
      if (['system:anonymous', 'system:unauthenticated'].includes(name) && role !== 'system:public-info-viewer') report('k8s-rbac-anonymous', 'critical', ['subjects', index], `gives rights to ${name}`, 'Bind named users or service accounts')
    }
  }
}

function checkRule (rule: Record<string, unknown>, index: number, kind: string, report: Report): void {
  const [verbs, resources] = [rule.verbs, rule.resources].map((list) => Array.isArray(list) ? list.map(String) : []) as [string[], string[]]
  for (const [field, list] of [['verbs', verbs], ['resources', resources]] as const) {
    if (list.includes('*')) report('k8s-rbac-wildcard', 'high', ['rules', index, field], `allows every one of ${field}`, `Name the ${field} it needs`)
  }
  if (resources.includes('secrets') && !(Array.isArray(rule.resourceNames) && rule.resourceNames.length > 0)) {
    if (kind === 'ClusterRole') report('k8s-rbac-all-secrets', 'high', ['rules', index, 'resources'], 'reaches the Secrets of every namespace', 'Use a Role in one namespace, with resourceNames')
    else if (verbs.some((verb) => reading.has(verb))) report('k8s-rbac-secrets', 'medium', ['rules', index, 'resources'], 'reads every Secret of its namespace', 'Name those it needs in resourceNames')
  }
  const entered = resources.filter((resource) => [...wayIn].some((way) => covers(resource, way)))
  // To exec is to create, or to get with a web socket.
  if (entered.length > 0 && verbs.some((verb) => ['create', 'get', 'update', 'patch', '*'].includes(verb))) {
    report('k8s-rbac-way-in', 'high', ['rules', index, 'resources'], `gets into what runs by ${entered.join(', ')}`, 'Leave it to people who debug, for as long as they do')
  }
  const taken = verbs.filter((verb) => takingOver.has(verb))
  if (taken.length > 0) report('k8s-rbac-escalation', 'high', ['rules', index, 'verbs'], `may ${taken.join(', ')}, and so take rights it was not given`, 'Remove these verbs, or name what they are for in resourceNames')
}

/** As roles name resources: a star may stand for the kind or for what is of it, as in `pods/*`. */
function covers (resource: string, way: string): boolean {
  const [kind, part] = way.split('/')
  return resource === way || resource === `${kind}/*` || resource === `*/${part}`
}
