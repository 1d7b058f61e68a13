import { PolicyList } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { isPresent } from '../domain/routing.ts'

/** What agents say they work by. It is written nowhere here: it is read from the operator's file, by them. */
export default async function policy (app: Service) {
  app.get('/v1/policy', {
    config: { access: 'viewer' },
    schema: { summary: 'The rules by which is decided what runs, what is asked and what is denied', tags: ['approvals'], response: { 200: PolicyList } }
  }, async () => {
    const now = new Date()
    const policies = new Map<string, PolicyList['policies'][number]>()
    for (const { id, policy: said, ...master } of app.coordinator.masters) {
      if (!said || !isPresent({ id, ...master }, now)) continue
      const key = JSON.stringify(said)
      const known = policies.get(key)
      if (known) known.masters.push(id)
      else policies.set(key, { ...said, masters: [id] })
    }
    return { policies: [...policies.values()] }
  })
}
