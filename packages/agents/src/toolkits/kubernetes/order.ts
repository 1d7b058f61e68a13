import type { Plan } from '../../toolkit.ts'
import { changeOf } from './change.ts'

/** What others need comes first: they would be refused, or start without it. */
const early = ['Namespace', 'CustomResourceDefinition', 'PriorityClass', 'StorageClass', 'ServiceAccount', 'ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding', 'ConfigMap', 'PersistentVolume', 'PersistentVolumeClaim', 'Service']

/** The order in which changes are made: what others stand on first, deletions last and the other way round. Undoing goes backwards. */
export function inOrder (plans: readonly Plan[]): Plan[] {
  return plans.map((plan) => ({ plan, rank: rankOf(plan) })).sort((a, b) => a.rank - b.rank).map(({ plan }) => plan)
}

function rankOf (plan: Plan): number {
  const index = early.indexOf(changeOf(plan).place.kind.kind)
  const rank = index === -1 ? early.length : index
  return plan.verb === 'delete' ? 2 * early.length + 1 - rank : rank
}
