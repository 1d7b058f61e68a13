import type { Task } from '@cortex/contracts'
import t from 'tap'
import { quietBounds } from '../src/domain/quiet.ts'
import type { TaskRecord } from '../src/domain/record.ts'
import { longestRetryWait, timeHasCome } from '../src/domain/retry.ts'

const now = new Date('2026-01-01T12:00:00Z')
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1_000).toISOString()
const waiting = (runAt: string | null, attempt: number) => ({ task: { run_at: runAt, attempt } as Task }) as TaskRecord

t.test('the time of a task that waits for none has come', async (t) => {
  t.equal(timeHasCome(waiting(null, 0), now), true)
  t.equal(timeHasCome(waiting(inSeconds(0), 0), now), true)
})

t.test('a time that a person set is waited for, however far ahead', async (t) => {
  for (const seconds of [1, 60, 3_600, 86_400]) t.equal(timeHasCome(waiting(inSeconds(seconds), 0), now), false)
})

t.test('another try is waited for as long as such a wait can last, and no longer', async (t) => {
  t.equal(timeHasCome(waiting(inSeconds(-1), 1), now), true)
  for (const seconds of [1, 60, longestRetryWait / 1_000]) t.equal(timeHasCome(waiting(inSeconds(seconds), 1), now), false)
  for (const seconds of [longestRetryWait / 1_000 + 1, 3_600]) t.equal(timeHasCome(waiting(inSeconds(seconds), 1), now), true, 'the clock was put back')
})

t.test('a batch is quiet when it was touched long ago, or too far ahead to be true', async (t) => {
  t.same(quietBounds(now, 60_000), { before: new Date('2026-01-01T11:59:00Z'), after: new Date('2026-01-01T12:01:00Z') })
})
