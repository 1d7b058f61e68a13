import type { ContentBlockParam, MessageParam, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages'
import type { TaskList } from '@cortex/contracts'
import t from 'tap'
import type { Script } from './support/scripted-model.ts'
import { request, startStack } from './support/stack.ts'

const conversations = 40
const rounds = 11
const categories = ['development', 'security', 'infrastructure', 'inventory', 'cicd', 'general']
const oddTexts = ['plain', 'quotes " and \\ back', 'line\nbreak\ttab', 'Ünïcödé – 東京 🚀', '{"json": "inside"}', '</tag> & <b>', '\u2028 separators \u2029', '$HOME `id` %s %00']

/** The same numbers on every machine and every run. */
function randomFrom (seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

interface Call { id: string, input: { title: string, description: string, category: string, metadata: unknown } }

/** The calls of one message: two to ten, with arguments that are easily broken on their way. */
function callsOf (conversation: number, round: number): Call[] {
  const random = randomFrom(conversation * 1_000 + round)
  return Array.from({ length: 2 + random(9) }, (_, n) => ({
    id: `toolu_${conversation}_${round}_${n}`,
    input: {
      title: `Task ${conversation}.${round}.${n}`,
      description: oddTexts[random(oddTexts.length)]! + 'x'.repeat(random(200)),
      category: categories[random(categories.length)]!,
      metadata: { text: oddTexts[random(oddTexts.length)], number: random(1_000_000) / 1_000, list: [true, null, -0.5e-7, { deep: [random(9)] }], '': 'empty key' }
    }
  }))
}

/** Plays the message this request is due, its arguments cut into pieces anywhere. */
const play: Script = (out, { messages }) => {
  const [conversation, round] = [Number(/^go (\d+)$/.exec(textOf(messages[0]))?.[1]), messages.filter(({ role }) => role === 'assistant').length]
  out.start()
  if (round === rounds) return out.text('All started.').end()
  const random = randomFrom(round)
  for (const { id, input } of callsOf(conversation, round)) {
    out.open({ type: 'tool_use', id, name: 'cortex_create_task', input: {} })
    for (let json = JSON.stringify(input); json;) {
      const piece = json.slice(0, 1 + random(120))
      json = json.slice(piece.length)
      out.delta({ type: 'input_json_delta', partial_json: piece })
    }
    out.shut()
  }
  out.end('tool_use')
}

function textOf (message: MessageParam | undefined): string {
  const [block] = message?.content as ContentBlockParam[]
  return block?.type === 'text' ? block.text : ''
}

t.test('440 messages of two to ten parallel calls: every call is made once with its exact arguments, and its results come back in order in one message', async (t) => {
  const { model, converse, orchestratorUrl } = await startStack(t, Array.from({ length: conversations * (rounds + 1) }, () => play))
  const talks = await Promise.all(Array.from({ length: conversations }, async (_, n) => await converse(`go ${n}`)))
  const wrong: string[] = []
  let calls = 0
  for (const [conversation, talk] of talks.entries()) {
    t.equal((await talk.stream.nth('RUN_FINISHED')).data.status, 'complete')
    const made = new Map<string, unknown[]>()
    for (let cursor: string | null = ''; cursor !== null;) {
      const { tasks, next_cursor: next }: TaskList = (await request<TaskList>('GET', `${orchestratorUrl}/v1/tasks?limit=200&conversation_id=${talk.id}${cursor && `&cursor=${cursor}`}`)).body
      for (const { id, idempotency_key: key, metadata } of tasks) {
        // Behind the turn stands the id of the call.
        const call = key?.split('.')[1] ?? ''
        made.set(call, [...made.get(call) ?? [], { id, input: metadata.original_input }])
      }
      cursor = next
    }
    const sent = model.requests.filter(({ messages }) => textOf(messages[0]) === `go ${conversation}`).at(-1)?.messages ?? []
    for (let round = 0; round < rounds; round++) {
      const expected = callsOf(conversation, round)
      const results = sent[2 * round + 2]?.content as ToolResultBlockParam[]
      const place = `${conversation}.${round}`
      if (JSON.stringify(results.map(({ type, tool_use_id: id }) => [type, id])) !== JSON.stringify(expected.map(({ id }) => ['tool_result', id]))) wrong.push(`${place}: results in another order or message`)
      for (const [n, { id, input }] of expected.entries()) {
        calls++
        const tasks = made.get(id) as Array<{ id: string, input: object }> | undefined
        const answered = JSON.parse(String(results[n]?.content)) as { task_id: string }
        if (tasks?.length !== 1) wrong.push(`${place}.${n}: made ${tasks?.length ?? 0} times`)
        else if (JSON.stringify(tasks[0]?.input) !== JSON.stringify(input)) wrong.push(`${place}.${n}: other arguments`)
        else if (answered.task_id !== tasks[0]?.id) wrong.push(`${place}.${n}: another task's result`)
        made.delete(id)
      }
    }
    if (made.size > 0) wrong.push(`${conversation}: ${made.size} tasks nobody asked for`)
  }
  t.comment(`${calls} calls in ${conversations * rounds} messages`)
  t.same(wrong.slice(0, 20), [])
  t.equal(model.requests.length, conversations * (rounds + 1))
  t.same(model.violations, [])
})
