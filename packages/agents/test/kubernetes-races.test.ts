import type { Approval } from '@cortex/contracts'
import t from 'tap'
import { stringify } from 'yaml'
import type { Plan, Toolkit } from '../src/toolkit.ts'
import { startCortex } from './cortex.ts'
import { resultsIn, startMessagesServer, type SentRequest } from './messages-server.ts'
import { configMap, startCluster } from './support/cluster.ts'
import { hashOf, plan, request, signal } from './workspace.ts'

/** A stand-in only: somebody else has to write between our reading and our writing. */
const skip = process.env.TEST_KUBECONFIG !== undefined && 'a real cluster cannot be told when somebody writes'

const applying = (toolkit: Toolkit, object: object) => plan(toolkit, 'kubernetes_apply', { manifest: stringify(object) })
const target = 'namespace/web/configmap/race'
const mine = configMap('race', { from: 'mine' })
const bobs = { ...configMap('race', { more: 'x' }), metadata: { name: 'race', namespace: 'web' } }
const managersOf = (object: object | null) => ((object as { metadata: { managedFields: Array<{ manager: string, operation: string }> } } | null)?.metadata.managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`)

t.test('nothing is written onto what came or went between the last look and the write', { skip }, async (t) => {
  const cluster = await startCluster(t)
  const standIn = cluster.standIn!
  const toolkit = cluster.toolkit()
  /** Once, just before the next real write is done. */
  const before = (act: () => void) => {
    standIn.refuse = ({ dryRun }) => {
      if (!dryRun) {
        standIn.refuse = () => undefined
        act()
      }
      return undefined
    }
  }

  await t.test('an object somebody else has made stays theirs, and is not taken back with ours', async (t) => {
    const plans = await applying(toolkit, mine)
    before(() => standIn.write(bobs, 'bob'))
    t.match(await toolkit.apply!(request(plans)), { kind: 'moved', targets: [target] })
    t.match(await cluster.read('v1/configmaps/race'), { data: { from: undefined, more: 'x' } })
    t.strictSame(managersOf(await cluster.read('v1/configmaps/race')), ['bob Update'])
    t.strictSame(await toolkit.undo!(request(plans)), { undone: [], left: [] })
    t.ok(await cluster.read('v1/configmaps/race'))
  })

  await t.test('an object somebody else has deleted is not made anew by an update', async (t) => {
    const plans = await plan(toolkit, 'kubernetes_apply', { manifest: stringify(configMap('race', { from: 'mine' })), force: true })
    before(() => { standIn.objects.delete(standIn.kind('ConfigMap'), 'web', 'race') })
    t.match(await toolkit.apply!(request(plans)), { kind: 'moved', targets: [target] })
    t.equal(await cluster.read('v1/configmaps/race'), null)
  })

  await t.test('of two that make the same object at once one does, and the other is told that it moved', async (t) => {
    const [first, second] = [await applying(toolkit, mine), await applying(toolkit, configMap('race', { from: 'theirs' }))]
    const ended = await Promise.all([first, second].map((plans) => toolkit.apply!({ ...request(plans), planHash: `${hashOf(plans)}-${plans === first ? 1 : 2}` })))
    t.strictSame(ended.map(({ kind }) => kind).sort(), ['applied', 'moved'])
    t.match(await cluster.read('v1/configmaps/race'), { data: { from: ended[0]!.kind === 'applied' ? 'mine' : 'theirs' } })
    standIn.objects.delete(standIn.kind('ConfigMap'), 'web', 'race')
  })

  await t.test('what is created belongs to who applied it, also when the answer to the create is lost', async (t) => {
    const plans: Plan[] = await applying(toolkit, mine)
    standIn.cut = ({ method }) => {
      standIn.cut = () => false
      return method === 'POST'
    }
    t.match(await toolkit.apply!(request(plans)), { kind: 'applied' })
    t.strictSame(managersOf(await cluster.read('v1/configmaps/race')), ['cortex Apply'])
    t.match(await toolkit.verify!(plans, hashOf(plans), signal), [{ detail: /exactly what the dry run gave/ }])
    const [shorter] = await applying(toolkit, configMap('race', { other: 'x' }))
    t.match(shorter!.diff, /- {2}from: mine/, 'so what a later manifest holds no more goes')
  })
})

t.test('tasks that are approved together and make one object do so one after the other', { skip }, async (t) => {
  const [cortex, model, cluster] = await Promise.all([startCortex(t), startMessagesServer(t), startCluster(t)])
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test', model: 'claude-opus-5-5' }, cluster: { kubeconfig: cluster.kubeconfig, namespaces: 'web', clusterScoped: 'off', rolloutSeconds: 3, helm: '/nonexistent' } })
  const told: string[] = []
  // Each plans its own value, and again when it is told that it moved; what stands as wanted it calls done.
  const answer = (sent: SentRequest) => {
    const name = /Set race to (\w+)/.exec(JSON.stringify(sent.messages))![1]!
    const last = resultsIn(sent).map(({ content }) => content).join('\n')
    told.push(last)
    if (last.includes('Already as wanted')) return { calls: [['give_up', { reason: 'It is there.' }]] as Array<[string, unknown]> }
    if (last.includes('as approved')) return { calls: [['finish', { summary: 'Done.', evidence: [{ claim: 'It is there', quote: 'as approved' }] }]] as Array<[string, unknown]> }
    return { calls: [['kubernetes_apply', { manifest: stringify(configMap('race', { from: name })), force: true }], ['apply_changes', { summary: `Set it to ${name}` }]] as Array<[string, unknown]> }
  }
  model.script(...Array.from({ length: 40 }, () => answer))
  const approveAll = async (approvals: Approval[]) => fetch(`${cortex.url}/v1/approvals`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ decisions: approvals.map(({ id, plan_hash: planHash }) => ({ id, decision: 'approve', plan_hash: planHash })) }) })
  const ask = async (names: string[]) => {
    const ids = await Promise.all(names.map((name) => cortex.create(`Set race to ${name}`, 'infrastructure', {}, { 'cortex-batch': `b-${names.join('-')}` })))
    const approvals: Approval[] = []
    for (const id of ids) approvals.push(await cortex.approval(id))
    for (const { changes } of approvals) t.match(changes[0]!.diff, /^--- \/dev\/null/)
    t.equal((await approveAll(approvals)).status, 200)
    return { ids, approvals }
  }

  await t.test('one makes it, and the others are planned and asked anew against what it made', async (t) => {
    const { ids } = await ask(['a', 'b', 'c'])
    const answered = await Promise.all(ids.map((id) => cortex.until(id, ({ status, attempts }) => status === 'completed' || status === 'failed' || (status === 'awaiting_approval' && attempts.length > 1))))
    t.strictSame(answered.map(({ status }) => status).sort(), ['awaiting_approval', 'awaiting_approval', 'completed'])
    const made = ['a', 'b', 'c'][answered.findIndex(({ status }) => status === 'completed')]!
    t.match(await cluster.read('v1/configmaps/race'), { data: { from: made } })
    for (const { id } of answered.filter(({ status }) => status === 'awaiting_approval')) {
      const anew = await cortex.approval(id)
      t.match(anew.changes, [{ verb: 'update', diff: new RegExp(`- {2}from: ${made}`) }])
      t.match((await cortex.log(id)).join('\n'), /Nothing of it was applied: namespace\/web\/configmap\/race changed since this was planned/)
      await cortex.decide(anew, 'deny')
      await cortex.cancel(id)
    }
  })

  await t.test('the same asked for twice is made once, and the other is told by which change set', async (t) => {
    await cluster.remove('v1/configmaps/race')
    const { ids, approvals } = await ask(['same', 'same'])
    const ended = await Promise.all(ids.map((id) => cortex.ended(id)))
    t.strictSame(ended.map(({ status }) => status).sort(), ['completed', 'failed'])
    const maker = approvals[ended.findIndex(({ status }) => status === 'completed')]!
    t.ok(told.some((text) => text.includes(`Already as wanted: namespace/web/configmap/race (made by change set ${maker.plan_hash})`)))
    const posts = cluster.standIn!.asked.filter(({ method, dryRun }) => method === 'POST' && !dryRun)
    t.ok(posts.length <= 3, 'two creates of the two rounds, and the namespace')
  })

  await t.test('what was applied and is overwritten before it is read back is said to have been applied', async (t) => {
    await cluster.remove('v1/configmaps/race')
    const { standIn } = cluster
    const id = await cortex.create('Set race to d', 'infrastructure')
    const approval = await cortex.approval(id)
    standIn!.cut = ({ method, dryRun }) => {
      if (method === 'PATCH' && !dryRun) {
        standIn!.cut = () => false
        standIn!.write(bobs, 'bob')
      }
      return false
    }
    await cortex.decide(approval, 'approve')
    t.match(await cortex.ended(id), { status: 'failed' })
    const log = (await cortex.log(id)).join('\n')
    t.match(log, /Applied, and since changed or taken away by others: namespace\/web\/configmap\/race\./)
    t.notMatch(log, /Never applied/)
    t.match((await cortex.audit(id)).map(({ action }) => action).filter((action) => action.startsWith('change.')), ['change.started', 'change.applied', 'change.left'])
    t.match(await cluster.read('v1/configmaps/race'), { data: { from: undefined, more: 'x' } })
  })
})
