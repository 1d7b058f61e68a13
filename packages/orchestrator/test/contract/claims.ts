import { appliedKey, type ClaimAnswer } from '@cortex/contracts'
import t from 'tap'
import { only, result, type Orchestrate } from '../orchestrator.ts'

const [whole, steps, other] = ['a', 'b', 'c'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string, string]
const failed = { kind: 'failed', error: { code: 'CTX_X', message: 'It broke' }, retryable: false } as const

export function claims (orchestrate: Orchestrate): void {
  t.test('of equal changes that leave no trace, tasks of one batch make one, unless one needs the other or came after', async (t) => {
    const cortex = await orchestrate(t)
    const batch = { 'cortex-batch': 'b1' }
    const held: string[] = []
    const claim = async (lease: string, state: 'begun' | 'made' | 'none', ...keys: string[]) => (await cortex.send<ClaimAnswer>('POST', `/v1/leases/${lease}/claims`, { keys, state })).body.holder
    const next = async () => {
      const { lease_id: lease, task: { id } } = only(await cortex.lease({ held }))
      held.push(lease)
      return { id, lease }
    }
    /** A new task that a worker has begun. */
    const begin = async (title: string, headers: Record<string, string> = batch) => {
      await cortex.create({ title, category: 'general' }, headers)
      return next()
    }
    const end = async ({ lease }: { lease: string }, outcome: Parameters<typeof cortex.end>[1]) => {
      held.splice(held.indexOf(lease), 1)
      t.equal((await cortex.end(lease, outcome)).status, 200)
    }
    const [one, two, stranger] = [await begin('One'), await begin('Two'), await begin('Stranger', { 'cortex-batch': 'b2' })]
    const needing = await cortex.create({ title: 'Needing', category: 'general', depends_on: [one.id] }, batch)
    const waiting = await cortex.create({ title: 'Waiting', category: 'general', depends_on: [stranger.id] }, batch)

    t.equal(await claim(one.lease, 'begun', whole, steps), null)
    t.equal(await claim(one.lease, 'begun', whole, steps), null, 'who goes on after a crash asks again')
    t.match(await claim(two.lease, 'begun', whole), { task_id: one.id, title: 'One', state: 'begun' })
    t.match(await claim(two.lease, 'begun', steps), { state: 'begun' }, 'by any of its keys')
    t.equal(await claim(two.lease, 'begun', other), null)
    t.equal(await claim(two.lease, 'none', other), null)
    t.equal(await claim(one.lease, 'begun', other), null, 'what was taken back is free')
    t.equal(await claim(stranger.lease, 'begun', whole), null, 'another batch is another matter')
    await claim(one.lease, 'made', whole, steps)
    t.match(await claim(two.lease, 'begun', whole), { task_id: one.id, state: 'made' })
    const later = await begin('Later')
    t.equal(await claim(later.lease, 'begun', whole), null, 'which nobody knew when it was made')
    await claim(later.lease, 'none', whole)
    await end(later, failed)

    await cortex.report(one.lease, { journal: [{ key: `${appliedKey}${whole}`, value: [{ target: '001 note' }] }] })
    await end(one, { kind: 'completed', result })
    const behind = await next()
    t.equal(behind.id, needing)
    t.equal(await claim(behind.lease, 'begun', whole), null, 'it is meant to be done once more')
    await claim(behind.lease, 'none', whole)
    await end(behind, failed)

    t.match(await claim(two.lease, 'begun', other), { task_id: one.id, state: 'unknown' }, 'it ended and never said how')
    t.match(await claim(two.lease, 'begun', whole), { state: 'made' })
    t.equal((await cortex.send('POST', `/v1/tasks/${one.id}/rollback`, {})).status, 200)
    await end(await next(), { kind: 'completed', result })
    t.equal(await claim(two.lease, 'begun', whole), null, 'it no longer stands')

    await end(two, failed)
    await end(stranger, { kind: 'completed', result })
    const last = await next()
    t.equal(last.id, waiting)
    t.match(await claim(last.lease, 'begun', whole), { task_id: two.id, state: 'unknown' })
    await end(last, failed)
    await cortex.call('cortex_retry_task', { task_id: waiting })
    const again = await next()
    t.equal(await claim(again.lease, 'begun', whole), null, 'whoever retried it has looked')
    t.equal((await cortex.send('POST', `/v1/leases/${again.lease}/claims`, { keys: ['x'], state: 'begun' })).status, 400)
    t.equal((await cortex.send('POST', '/v1/leases/lease-x/claims', { keys: [whole], state: 'begun' })).status, 409)
  })
}
