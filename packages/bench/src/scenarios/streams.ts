import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ProcessEnded } from '../errors.ts'
import { computedMilliseconds, residentKilobytes } from '../measure/memory.ts'
import { spread } from '../measure/statistics.ts'
import { post } from '../post.ts'
import { withServices } from '../run-under-test.ts'
import { row, single, type Row, type Scenario } from '../scenario.ts'
import { startScriptedModel, type ScriptedModel } from '../scripted-model.ts'
import { targets } from '../targets.ts'

const crowd = 1_000
/** Streams on one conversation, as when a team watches it; each of the others has a conversation of its own. */
const onOne = 500
const rounds = 3
const words = 60
/** Milliseconds between pieces of text: chat gathers 60, so each is an event. */
const pause = 80
const program = fileURLToPath(new URL('../stream-crowd.ts', import.meta.url))

export interface StreamCrowdOptions {
  chat: string
  /** The conversation of each stream. */
  streams: string[]
}

/** What somebody who watches a conversation costs, at rest and while a reply is written. */
const streams: Scenario = {
  name: 'streams',
  about: `${crowd.toLocaleString('en')} open streams of GET /v1/conversations/:id/stream on one process, ${onOne} of them on one conversation into which a reply is written`,
  run: async ({ folder, say }) => {
    const model = await startScriptedModel()
    try {
      return await withServices({ home: folder, modelUrl: model.url }, async ({ chat, pid }) => {
        const ids: string[] = []
        for (let n = 0; n <= crowd - onOne; n++) ids.push((await (await fetch(`${chat}/v1/conversations`, { method: 'POST' })).json() as { id: string }).id)
        const [watched = '', ...others] = ids
        const written = async (readers: number) => await writeReply(model, chat, watched, pid, readers)
        await written(0)
        say('replies that nobody watches')
        const alone: number[] = []
        for (let round = 0; round < rounds; round++) alone.push(await written(0))
        const before = await residentKilobytes(pid)
        const child = fork(program, [JSON.stringify({ chat, streams: [...Array.from({ length: onOne }, () => watched), ...others] } satisfies StreamCrowdOptions)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
        const { promise: ended, reject } = Promise.withResolvers<never>()
        child.once('exit', (code, signal) => reject(new ProcessEnded(code ?? signal)))
        try {
          say(`${crowd} streams come`)
          await Promise.race([once(child, 'message'), ended])
          await delay(5_000)
          say('replies that they watch')
          const watchedBy: number[] = []
          for (let round = 0; round < rounds; round++) {
            child.send(onOne)
            const [computed] = await Promise.all([written(onOne), Promise.race([once(child, 'message'), ended])])
            watchedBy.push(computed)
          }
          const after = await residentKilobytes(pid)
          return toRows(alone, watchedBy, before, after)
        } finally {
          if (child.connected) child.disconnect()
          await ended.catch(() => {})
        }
      })
    } finally {
      await model.close()
    }
  }
}
export default streams

/** What the process computed while one reply was written, in milliseconds. */
async function writeReply (model: ScriptedModel, chat: string, conversationId: string, pid: number, readers: number): Promise<number> {
  const before = await computedMilliseconds(pid) ?? 0
  await Promise.all([model.play({ calls: 0, words, pause }), post(`${chat}/v1/chat`, { message: `Tell ${readers} readers something`, conversation_id: conversationId })])
  return (await computedMilliseconds(pid) ?? 0) - before
}

function toRows (alone: readonly number[], watched: readonly number[], before: number | null, after: number | null): Row[] {
  if (before === null || after === null) return []
  const perDelta = (computed: number) => computed * 1_000 / words
  const base = spread(alone.map(perDelta))
  const costs = spread(watched.map((computed) => (perDelta(computed) - base.value) / onOne))
  return [
    row('computing for one piece of text that is stored', 'µs', base),
    row('the same for each stream it is sent to', 'µs', costs),
    row(`resident memory with ${crowd.toLocaleString('en')} streams`, 'MB', single(after / 1_024), targets.streams.memory),
    row('resident memory before them', 'MB', single(before / 1_024))
  ]
}
