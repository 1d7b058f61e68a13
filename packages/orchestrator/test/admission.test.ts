import t from 'tap'
import { chooseAdmissions, rankOf, type Candidate } from '../src/domain/admission.ts'
import { backoff } from '../src/domain/retry.ts'

t.test('over random queues no limit is passed, no target is taken twice, and nobody is passed over without a reason', (t) => {
  let seed = 42
  const random = (below: number) => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return seed % below }
  for (let round = 0; round < 500; round++) {
    const names = ['a-master', 'b-master', 'c-master']
    const task = (id: string): Candidate => ({ id, master: names[random(3)] ?? '', target: random(3) === 0 ? `t${random(3)}` : null })
    const masters = names.map((id) => ({ id, title: id, categories: ['general' as const], concurrency: 1 + random(3) }))
    const targets = new Set<string>()
    const busy = Array.from({ length: random(4) }, (_, index) => task(`busy-${index}`)).filter(({ target }) => target === null || (!targets.has(target) && targets.add(target)))
    const candidates = Array.from({ length: random(12) }, (_, index) => task(`task-${index}`))
    const globalConcurrency = 1 + random(6)
    const demand = Array.from({ length: random(3) }, () => ({ masters: names.slice(random(2)), capacity: 1 + random(4) }))
    const admitted = chooseAdmissions({ candidates, busy, masters, globalConcurrency, demand })
    const running = [...busy, ...candidates.filter(({ id }) => admitted.includes(id))]
    if (running.length > Math.max(globalConcurrency, busy.length)) t.fail(`round ${round}: over the global limit`)
    for (const { id, concurrency } of masters) {
      const before = busy.filter(({ master }) => master === id).length
      if (running.filter(({ master }) => master === id).length > Math.max(concurrency, before)) t.fail(`round ${round}: ${id} is over its limit`)
    }
    const locked = running.flatMap(({ target }) => target ?? [])
    if (new Set(locked).size !== locked.length) t.fail(`round ${round}: one target twice`)
    if (admitted.length > demand.reduce((sum, { capacity }) => sum + capacity, 0)) t.fail(`round ${round}: more than anybody waits for`)
    const left = candidates.filter(({ id }) => !admitted.includes(id))
    for (const { master, target } of left) {
      const full = running.length >= globalConcurrency
      const masterFull = running.filter((each) => each.master === master).length >= (masters.find(({ id }) => id === master)?.concurrency ?? 0)
      const targetTaken = target !== null && locked.includes(target)
      const room = demand.filter((each) => each.masters.includes(master)).reduce((sum, { capacity }) => sum + capacity, 0)
      if (!full && !masterFull && !targetTaken && room > admitted.length) t.fail(`round ${round}: passed over without a reason`)
    }
  }
  t.end()
})

t.test('what waits long enough overtakes what is more urgent', (t) => {
  const start = new Date('2026-01-01T00:00:00Z')
  const later = (minutes: number) => new Date(start.getTime() + minutes * 60_000)
  t.ok(rankOf(1, later(29)) < rankOf(7, start))
  t.ok(rankOf(1, later(31)) > rankOf(7, start))
  t.ok(rankOf(5, start) < rankOf(5, later(1)))
  t.end()
})

t.test('another try comes later each time, within a bound, and never at the same moment for all', (t) => {
  t.ok(backoff(1, 0) >= 500 && backoff(1, 0.999) <= 1_000)
  t.ok(backoff(3, 0.5) > backoff(1, 0.5))
  t.ok(backoff(30, 0.999) <= 60_000)
  t.end()
})
