import { CreatedEvents } from '../created-events.ts'
import { spread } from '../measure/statistics.ts'
import { post } from '../post.ts'
import { withServices } from '../run-under-test.ts'
import { row, type Row, type Scenario } from '../scenario.ts'
import { startScriptedModel, type Script, type ScriptedModel } from '../scripted-model.ts'
import { targets } from '../targets.ts'

const rounds = 10
const warmUp = 3

/** Both are far faster than any model writes, which makes the end of the message the harder: calls pile up. */
const speeds = [{ said: 'sent in one go', pause: 0 }, { said: 'sent piece by piece', pause: 2 }] as const

interface Timing {
  /** From the moment the last call was whole until the last task was told of as created. Milliseconds. */
  last: number
  /** From the moment the first task was told of as created until the model's message ended. Milliseconds. */
  lead: number
}

/** Calls of one turn through the chat: the model's stream in, tasks of the orchestrator out. */
const fanOut: Scenario = {
  name: 'fan-out',
  about: 'N calls in one message of a scripted Messages API → chat → orchestrator, until its events have told of all tasks',
  run: async ({ folder, say }) => {
    const model = await startScriptedModel()
    try {
      return await withServices({ home: folder, modelUrl: model.url }, async ({ chat, orchestrator }) => {
        const events = await CreatedEvents.open(orchestrator)
        const rows: Row[] = []
        for (const { said, pause } of speeds) {
          for (const calls of [3, 10, 50]) {
            say(`${calls} calls ${said}`)
            const timings: Timing[] = []
            for (let round = -warmUp; round < rounds; round++) {
              const timing = await playTurn({ calls, pause }, model, chat, events)
              if (round >= 0) timings.push(timing)
            }
            rows.push(row(`${calls} calls ${said}: last call whole → all created`, 'ms', spread(timings.map(({ last }) => last)), targets.fanOut.last))
            if (pause > 0) rows.push(row(`${calls} calls ${said}: first created before the message ends by`, 'ms', spread(timings.map(({ lead }) => lead)), targets.fanOut.lead))
          }
        }
        events.close()
        return rows
      })
    } finally {
      await model.close()
    }
  }
}
export default fanOut

/** One turn of a conversation of its own, to its end, so that no turn runs into the next. */
async function playTurn (script: Script, model: ScriptedModel, chat: string, events: CreatedEvents): Promise<Timing> {
  const [{ lastCallWhole, messageEnded }, created] = await Promise.all([
    model.play(script),
    events.next(script.calls),
    post(`${chat}/v1/chat`, { message: `Do ${script.calls} things in parallel` })
  ])
  return { last: Math.max(...created) - lastCallWhole, lead: messageEnded - Math.min(...created) }
}
