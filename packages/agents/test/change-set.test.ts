import { canonicalJson } from '@cortex/contracts'
import t from 'tap'
import { checkChangeSet, createChangeSet, offerOf } from '../src/change-set.ts'
import type { Plan } from '../src/toolkit.ts'

const change: Plan = {
  toolkit: 'workspace',
  tool: 'workspace_write',
  target: 'a.txt',
  verb: 'update',
  diff: '-a\n+b\n',
  arguments: { path: 'a.txt', content: 'b\n' },
  base: 'abc',
  risk: 'low',
  dry_run: 'update a.txt',
  inverse: { path: 'a.txt', blob: 'abc' }
}

t.test('the hash does not depend on the order of plans or of keys', (t) => {
  const second = { ...change, target: 'b.txt' }
  const turned = Object.fromEntries(Object.entries(change).reverse()) as unknown as Plan
  t.equal(createChangeSet('s', [change, second], undefined, 'once').plan_hash, createChangeSet('s', [second, turned], undefined, 'once').plan_hash)
  t.not(createChangeSet('s', [change]).plan_hash, createChangeSet('s', [change]).plan_hash, 'each is another, so an answer to one is none to the next')
  t.match(createChangeSet('s', [change]).plan_hash, /^sha256:[0-9a-f]{64}$/)
  t.equal(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined }), '{"b":[1,{"c":"x","d":null}]}')
  t.end()
})

t.test('everything that is read and everything that will run is bound by the hash', (t) => {
  const hashOf = (summary: string, plan: Plan, confirm?: string) => createChangeSet(summary, [plan], confirm, 'once').plan_hash
  const hash = hashOf('s', change)
  const others: Plan[] = [
    { ...change, toolkit: 'kubernetes' }, { ...change, tool: 'workspace_move' }, { ...change, target: 'c.txt' }, { ...change, verb: 'create' }, { ...change, diff: '-a\n+c\n' },
    { ...change, arguments: { path: 'a.txt', content: 'c\n' } }, { ...change, base: null }, { ...change, risk: 'high' }, { ...change, dry_run: 'x' }, { ...change, inverse: {} }
  ]
  for (const other of others) t.not(hashOf('s', other), hash)
  t.not(hashOf('another summary', change), hash)
  t.not(hashOf('s', change, 'a.txt'), hash)
  t.end()
})

t.test('a change set altered in the journal is refused, one that came back whole is not', (t) => {
  const changeSet = createChangeSet('s', [change])
  checkChangeSet(JSON.parse(JSON.stringify(changeSet)))
  const named = createChangeSet('s', [change], 'a.txt')
  t.match(offerOf(named), { confirm: 'a.txt' })
  t.notOk('occasion' in offerOf(named), 'which the hash says')
  const { confirm: _, ...unnamed } = named
  t.throws(() => checkChangeSet(unnamed), { code: 'CTX_CHANGE_SET_CORRUPT' }, 'the name to be typed cannot be left out')
  t.throws(() => checkChangeSet({ ...changeSet, occasion: 'another' }), { code: 'CTX_CHANGE_SET_CORRUPT' })
  t.throws(() => checkChangeSet({ ...changeSet, plans: [{ ...change, arguments: { path: 'a.txt', content: 'evil\n' } }] }), { code: 'CTX_CHANGE_SET_CORRUPT' })
  t.end()
})

t.test('the riskiest change is the risk of the whole, and the offer holds the complete diff', (t) => {
  const changeSet = createChangeSet('s', [change, { ...change, target: 'b', risk: 'high' }])
  t.equal(changeSet.risk, 'high')
  t.strictSame(offerOf(changeSet).changes[0], { toolkit: 'workspace', target: 'a.txt', verb: 'update', risk: 'low', diff: '-a\n+b\n' })
  t.end()
})

t.test('more than a person can read at once is refused', (t) => {
  t.throws(() => createChangeSet('s', [{ ...change, diff: 'x'.repeat(200_001) }]), { code: 'CTX_CHANGE_SET_TOO_LARGE' })
  t.throws(() => createChangeSet('s', [1, 2, 3].map((n) => ({ ...change, target: String(n), diff: 'x'.repeat(150_000) }))), { code: 'CTX_CHANGE_SET_TOO_LARGE' })
  t.throws(() => createChangeSet('s', Array.from({ length: 101 }, (_, index) => ({ ...change, target: String(index) }))), { code: 'CTX_CHANGE_SET_TOO_LARGE' })
  t.end()
})
