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
  t.equal(createChangeSet('s', [change, second]).plan_hash, createChangeSet('s', [second, turned]).plan_hash)
  t.match(createChangeSet('s', [change]).plan_hash, /^sha256:[0-9a-f]{64}$/)
  t.equal(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined }), '{"b":[1,{"c":"x","d":null}]}')
  t.end()
})

t.test('everything that is read and everything that will run is bound by the hash', (t) => {
  const { plan_hash: hash } = createChangeSet('s', [change])
  const others: Plan[] = [
    { ...change, toolkit: 'kubernetes' }, { ...change, tool: 'workspace_move' }, { ...change, target: 'c.txt' }, { ...change, verb: 'create' }, { ...change, diff: '-a\n+c\n' },
    { ...change, arguments: { path: 'a.txt', content: 'c\n' } }, { ...change, base: null }, { ...change, risk: 'high' }, { ...change, dry_run: 'x' }, { ...change, inverse: {} }
  ]
  for (const other of others) t.not(createChangeSet('s', [other]).plan_hash, hash)
  t.not(createChangeSet('another summary', [change]).plan_hash, hash)
  t.not(createChangeSet('s', [change], 'a.txt').plan_hash, hash)
  t.end()
})

t.test('a change set altered in the journal is refused, one that came back whole is not', (t) => {
  const changeSet = createChangeSet('s', [change])
  checkChangeSet(JSON.parse(JSON.stringify(changeSet)))
  const named = createChangeSet('s', [change], 'a.txt')
  t.match(offerOf(named), { confirm: 'a.txt' })
  const { confirm: _, ...unnamed } = named
  t.throws(() => checkChangeSet(unnamed), { code: 'CTX_CHANGE_SET_CORRUPT' }, 'the name to be typed cannot be left out')
  t.throws(() => checkChangeSet({ ...changeSet, plans: [{ ...change, arguments: { path: 'a.txt', content: 'evil\n' } }] }), { code: 'CTX_CHANGE_SET_CORRUPT' })
  t.end()
})

t.test('the riskiest change is the risk of the whole, and the offer holds the complete diff', (t) => {
  const changeSet = createChangeSet('s', [change, { ...change, target: 'b', risk: 'high' }])
  t.equal(changeSet.risk, 'high')
  t.strictSame(offerOf(changeSet).changes[0], { toolkit: 'workspace', target: 'a.txt', verb: 'update', diff: '-a\n+b\n' })
  t.end()
})

t.test('more than a person can read at once is refused', (t) => {
  t.throws(() => createChangeSet('s', [{ ...change, diff: 'x'.repeat(200_001) }]), { code: 'CTX_CHANGE_SET_TOO_LARGE' })
  t.throws(() => createChangeSet('s', [1, 2, 3].map((n) => ({ ...change, target: String(n), diff: 'x'.repeat(150_000) }))), { code: 'CTX_CHANGE_SET_TOO_LARGE' })
  t.throws(() => createChangeSet('s', Array.from({ length: 101 }, (_, index) => ({ ...change, target: String(index) }))), { code: 'CTX_CHANGE_SET_TOO_LARGE' })
  t.end()
})
