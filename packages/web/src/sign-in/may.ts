import type { PersonRole } from '@cortex/contracts'
import { canChange, type PageState } from '../state/page-state.ts'

export const roleNames: readonly PersonRole[] = ['viewer', 'operator', 'approver', 'admin']

/** Whether the person has the role, as far as is known; the server judges in any case. */
function has ({ signIn }: PageState, role: PersonRole): boolean {
  const roles = signIn?.person?.roles
  return roles === undefined || roles.includes(role) || roles.includes('admin')
}

export const mayAsk = (state: PageState): boolean => has(state, 'operator')
export const mayDecide = (state: PageState): boolean => has(state, 'approver')

/** Changes are asked for by who may, while what is seen is so now. */
export const canAsk = (state: PageState): boolean => canChange(state) && mayAsk(state)
export const canDecide = (state: PageState): boolean => canChange(state) && mayDecide(state)
