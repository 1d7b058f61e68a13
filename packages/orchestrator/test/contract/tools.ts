import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CreatedTask, Problem, RetriedTask, TaskList, TaskStatusReports } from '@cortex/contracts'
import t from 'tap'
import { masters, only, type Orchestrate } from '../orchestrator.ts'

export function tools (orchestrate: Orchestrate): void {
  t.test('a created task answers with its id, and is what product says a task is', async (t) => {
    const cortex = await orchestrate(t)
    const input = { title: 'Deploy Monitoring Stack', description: 'Set up Prometheus and Grafana', category: 'infrastructure', priority: 'high', metadata: { created_at: 'forged', team: 'web' } }
    const { status, body } = await cortex.call<Record<string, string>>('cortex_create_task', input, { 'cortex-conversation': 'conv-1', 'cortex-user': 'ada', 'cortex-source': 'chat' })
    t.equal(status, 200)
    t.match(body.task_id, /^task-chat-\d{13}-[0-9a-z]{9}$/)
    t.match(body, { status: 'queued', message: /Deploy Monitoring Stack/, created_at: /Z$/, estimated_start: /Z$/ })
    for (const [runAt, estimated] of [['1970-01-01T00:00:00Z', (at: string) => at], ['2099-01-01T00:00:00Z', () => '2099-01-01T00:00:00.000Z']] as const) {
      const { body: { created_at: at, estimated_start: start } } = await cortex.call<CreatedTask>('cortex_create_task', { ...input, category: 'general', run_at: runAt })
      t.equal(start, estimated(at), 'a start is not before the create, nor before its time')
    }
    const task = await cortex.task(String(body.task_id))
    t.match(task, {
      type: 'user_query',
      priority: 3,
      status: 'queued',
      payload: { query: input.description, title: input.title, category: 'infrastructure' },
      assigned_to: 'infrastructure-master',
      requested_by: 'ada',
      conversation_id: 'conv-1'
    })
    t.same(task.metadata.original_input, input)
    t.equal(task.metadata.source, 'chat')
    t.not(task.metadata.created_at, 'forged')
  })

  t.test('bad input is refused by field, and leaves nothing behind', async (t) => {
    const cortex = await orchestrate(t)
    const good = { title: 'A', description: 'B' }
    const cases: Array<[name: string, input: unknown, field: RegExp]> = [
      ['no title', { description: 'B' }, /tool_input\.title/],
      ['no description', { title: 'A' }, /tool_input\.description/],
      ['an empty title', { ...good, title: '' }, /tool_input\.title/],
      ['a title of blanks', { ...good, title: ' \t ' }, /tool_input\.title/],
      ['an empty description', { ...good, description: '' }, /tool_input\.description/],
      ['a title too long', { ...good, title: 'x'.repeat(201) }, /tool_input\.title/],
      ['a description too long', { ...good, description: 'x'.repeat(262_145) }, /tool_input\.description/],
      ['NUL in a title', { ...good, title: 'a\0b' }, /tool_input\.title/],
      ['an unknown category', { ...good, category: 'magic' }, /tool_input\.category/],
      ['an unknown priority', { ...good, priority: 'urgent' }, /tool_input\.priority/],
      ['a priority as a number', { ...good, priority: 3 }, /tool_input\.priority/],
      ['an unknown field', { ...good, descripton: 'x' }, /tool_input\.descripton/],
      ['a ref that looks like a task', { ...good, ref: 'task-chat-1766779451040-2axt2h5cq' }, /tool_input\.ref/],
      ['a time that is none', { ...good, run_at: 'tomorrow' }, /tool_input\.run_at/],
      ['a time without a zone', { ...good, run_at: '2027-01-31T12:00:00' }, /tool_input\.run_at/],
      ['a time after the last year', { ...good, run_at: '9999-12-31T23:59:59-23:00' }, /tool_input\.run_at/],
      ['a time before the first year', { ...good, run_at: '0000-01-01T00:00:00+14:00' }, /tool_input\.run_at/],
      ['a day that does not exist', { ...good, run_at: '2026-02-30T00:00:00Z' }, /tool_input\.run_at/],
      ['too many dependencies', { ...good, depends_on: Array.from({ length: 51 }, (_, index) => `t${index}`) }, /tool_input\.depends_on/]
    ]
    for (const [name, input, field] of cases) {
      const { status, body } = await cortex.refuse('cortex_create_task', input)
      t.equal(status, 400, name)
      t.equal(body.code, 'CTX_INPUT_INVALID', name)
      t.ok(body.errors?.some((fault) => field.test(fault.field)), `${name}: ${JSON.stringify(body.errors)}`)
    }
    t.equal((await cortex.send<TaskList>('GET', '/v1/tasks')).body.tasks.length, 0)
    // The thread that writes makes its folder of drafts in its own time.
    t.same((await readdir(join(cortex.home, 'tasks'), { recursive: true })).filter((name) => name !== '.drafts'), [])
  })

  t.test('bodies that are no tool call are refused for what they are', async (t) => {
    const cortex = await orchestrate(t)
    const post = (body: string, type = 'application/json') => cortex.send<Problem>('POST', '/execute-tool', body, { 'content-type': type })
    t.match(await post('{"tool_name": "cortex_'), { status: 400, body: { code: 'CTX_JSON_MALFORMED' } })
    t.match(await post('tool_name=x', 'text/plain'), { status: 415, body: { code: 'CTX_MEDIA_TYPE_UNSUPPORTED' } })
    t.match(await post(JSON.stringify({ tool_name: 'cortex_create_task', tool_input: { title: 'a', description: 'x'.repeat(10_000_000) } })), { status: 413, body: { code: 'CTX_BODY_TOO_LARGE' } })
    t.match(await post('{"tool_name":"cortex_create_task","tool_input":[]}'), { status: 400, body: { code: 'CTX_INPUT_INVALID' } })
    t.match(await post('{"tool_name":"cortex_create_task","tool_input":{},"extra":1}'), { status: 400, body: { errors: [{ field: 'extra' }] } })
    const unknown = await cortex.refuse('cortex_launch_rocket', {})
    t.match(unknown, { status: 404, body: { code: 'CTX_TOOL_UNKNOWN', detail: /cortex_create_task, cortex_get_task_status/ } })
    t.match(await cortex.refuse('__proto__', {}), { status: 404, body: { code: 'CTX_TOOL_UNKNOWN' } })
  })

  t.test('input nested without end is refused, and the process lives on', async (t) => {
    const cortex = await orchestrate(t)
    for (const depth of [100, 3_500, 4_000, 100_000]) {
      const metadata = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
      const body = `{"tool_name":"cortex_create_task","tool_input":{"title":"A","description":"B","metadata":${metadata}}}`
      t.match(await cortex.send('POST', '/execute-tool', body, { 'idempotency-key': `deep-${depth}` }), { status: 400, body: { code: 'CTX_INPUT_INVALID' } })
    }
    t.ok(await cortex.create())
  })

  t.test('an id that is none is looked up and never opened', async (t) => {
    const cortex = await orchestrate(t)
    for (const id of ['../../etc/passwd', '..%2f..%2fetc%2fpasswd', 'task-chat-1795386122783-3aef5x6rb', 'a\0b']) {
      t.match(await cortex.call('cortex_get_task_status', { task_id: id }), { status: 200, body: { task_id: id, status: 'not_found' } })
      t.match(await cortex.send('GET', `/v1/tasks/${encodeURIComponent(id)}`), { status: 404, body: { code: 'CTX_TASK_NOT_FOUND' } })
      t.match(await cortex.send('GET', `/v1/tasks/${encodeURIComponent(id)}/log`), { status: 404, body: { code: 'CTX_TASK_NOT_FOUND' } })
      t.match(await cortex.call('cortex_cancel_task', { task_id: id }), { status: 404, body: { code: 'CTX_TASK_NOT_FOUND' } })
    }
    const long = 'x'.repeat(10_000)
    t.match(await cortex.refuse('cortex_get_task_status', { task_id: long }), { status: 400, body: { errors: [{ field: 'tool_input.task_id' }] } })
    t.match(await cortex.send('GET', `/v1/tasks/${long}`), { status: 400, body: { code: 'CTX_INPUT_INVALID' } })
  })

  t.test('a repeat of an idempotency key answers the first task, and another input under it is a conflict', async (t) => {
    const cortex = await orchestrate(t)
    const key = { 'idempotency-key': 'toolu_1' }
    const first = await cortex.create({ metadata: { a: 1, b: 2 } }, key)
    t.equal(await cortex.create({ metadata: { b: 2, a: 1 } }, key), first)
    const together = await Promise.all(Array.from({ length: 20 }, () => cortex.create({}, { 'idempotency-key': 'toolu_2' })))
    t.equal(new Set(together).size, 1)
    t.match(await cortex.refuse('cortex_create_task', { title: 'Another', description: 'B' }, key), { status: 409, body: { code: 'CTX_IDEMPOTENCY_CONFLICT' } })
    t.not(await cortex.create({}, { ...key, 'cortex-user': 'grace' }), first)
    const there = { 'idempotency-key': 'toolu_3', 'cortex-batch': 'one', 'cortex-conversation': 'conv-1' }
    const inBatch = await cortex.create({}, there)
    t.equal(await cortex.create({}, there), inBatch)
    const asked = { title: 'A', description: 'B' }
    const [, ...elsewhere] = await Promise.all([there, { ...there, 'cortex-batch': 'two' }, { ...there, 'cortex-conversation': 'conv-2' }, { 'idempotency-key': 'toolu_3' }].map((headers) => cortex.call('cortex_create_task', asked, headers)))
    for (const answer of elsewhere) t.match(answer, { status: 409, body: { code: 'CTX_IDEMPOTENCY_CONFLICT' } })
    t.match(await cortex.refuse('cortex_create_task', { title: 'A', description: 'B' }, { 'idempotency-key': 'x'.repeat(201) }), { status: 400, body: { errors: [{ field: 'headers.idempotency-key' }] } })
  })

  t.test('a repeat of a retry or a cancel with its key does nothing again and is answered as the first was', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create({ ref: 'a' }, { 'cortex-batch': 'b', 'idempotency-key': 'created' })
    await cortex.create({ title: 'Needs it', depends_on: ['a'] }, { 'cortex-batch': 'b' })
    const fail = async () => await cortex.end(only(await cortex.lease()).lease_id, { kind: 'failed', error: { code: 'CTX_X', message: 'no' }, retryable: false })
    await fail()
    const key = { 'idempotency-key': 'again' }
    const [first, ...others] = (await Promise.all([1, 2, 3].map(() => cortex.call('cortex_retry_task', { task_id: id }, key)))).map(({ body }) => body)
    t.match(first, { task_id: id, status: 'queued', attempt: 2, revived: [{ title: 'Needs it' }] })
    for (const other of others) t.same(other, first)
    await fail()
    const { body: { task, ...repeat } } = await cortex.call<RetriedTask>('cortex_retry_task', { task_id: id }, key)
    const { task: _, ...answer } = first ?? {}
    t.same(repeat, answer)
    t.match(task, { status: 'failed', attempt: 2 })
    t.match(await cortex.refuse('cortex_cancel_task', { task_id: id }, key), { status: 409, body: { code: 'CTX_IDEMPOTENCY_CONFLICT' } })
    t.match(await cortex.refuse('cortex_retry_task', { task_id: id }, { 'idempotency-key': 'created' }), { status: 409, body: { code: 'CTX_IDEMPOTENCY_CONFLICT' } })
    t.equal((await cortex.send('GET', `/v1/tasks/${id}`, undefined, key)).status, 200)
    t.match((await cortex.send('POST', `/v1/tasks/${id}/retry`, {}, { ...key, 'cortex-user': 'grace' })).body, { attempt: 3 })
    const stop = { 'idempotency-key': 'stop' }
    const stopped = await cortex.call('cortex_cancel_task', { task_id: id }, stop)
    t.match(stopped.body, { status: 'cancelled', dependents: [{ title: 'Needs it' }] })
    t.same((await cortex.call('cortex_cancel_task', { task_id: id }, stop)).body, stopped.body)
    await cortex.call('cortex_retry_task', { task_id: id })
    t.match((await cortex.call('cortex_cancel_task', { task_id: id }, stop)).body, { status: 'queued', message: /is cancelled.* That was then: it is queued now/ })
  })

  t.test('tasks are listed newest first, by filters, in pages that hold every task once', async (t) => {
    const cortex = await orchestrate(t)
    const ids: string[] = []
    for (let index = 0; index < 7; index++) ids.unshift(await cortex.create({ title: `Task ${index}`, category: index % 2 ? 'security' : 'infrastructure' }, { 'cortex-conversation': 'conv-1' }))
    await cortex.create({ title: 'Elsewhere 100%' })
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body }: { body: TaskList } = await cortex.send<TaskList>('GET', `/v1/tasks?conversation_id=conv-1&limit=3${cursor && `&cursor=${cursor}`}`)
      seen.push(...body.tasks.map((task) => task.id))
      cursor = body.next_cursor
    }
    t.same(seen, ids)
    const count = async (query: string) => (await cortex.send<TaskList>('GET', `/v1/tasks?${query}`)).body.tasks.length
    t.equal(await count('category=security'), 3)
    t.equal(await count('status=completed'), 0)
    t.equal(await count('text=elsewhere'), 1)
    t.equal(await count('text=100%25'), 1)
    t.equal(await count('text=%25'), 1)
    await cortex.create({ title: 'ÜBUNG für Ärzte' })
    for (const text of ['übung', 'ÜBUNG FÜR', 'är']) t.equal(await count(`text=${encodeURIComponent(text)}`), 1, text)
    t.match(await cortex.send('GET', '/v1/tasks?limit=500'), { status: 400 })
    t.match(await cortex.send('GET', '/v1/tasks?text=%00'), { status: 400, body: { errors: [{ field: 'querystring.text' }] } })
    t.match(await cortex.send('GET', '/v1/tasks?cursor=abc'), { status: 400, body: { code: 'CTX_CURSOR_INVALID' } })
    const beyond = '99999999999999999999'
    for (const [path, field] of [[`/v1/tasks/${ids[0]}/log?from=${beyond}`, 'from'], [`/v1/events?after=${beyond}`, 'after'], [`/v1/tasks/${ids[0]}/events?after=${beyond}`, 'after']] as const) {
      t.match(await cortex.send('GET', path), { status: 400, body: { errors: [{ field: `querystring.${field}` }] } }, path)
    }
    t.match(await cortex.send('GET', '/v1/events', undefined, { 'last-event-id': beyond }), { status: 400, body: { errors: [{ field: 'headers.last-event-id' }] } })
    t.match(await cortex.send('GET', `/v1/tasks/${ids[0]}/log?from=${Number.MAX_SAFE_INTEGER}`), { status: 200, body: { lines: [] } })
    t.match(await cortex.send('GET', `/v1/tasks?cursor=${beyond}`), { status: 400, body: { code: 'CTX_CURSOR_INVALID' } })
    t.match(await cortex.send('GET', '/v1/tasks?colour=red'), { status: 400, body: { errors: [{ field: 'querystring.colour' }] } })
    t.match(await cortex.call('cortex_get_tasks', { task_ids: [ids[0], 'nothing'] }), { body: { tasks: [{ task_id: ids[0] }, { task_id: 'nothing', status: 'not_found' }], next_cursor: null } })
    t.match(await cortex.call('cortex_get_tasks', { conversation: 'current', limit: 2 }, { 'cortex-conversation': 'conv-1' }), { body: { tasks: [{ task_id: ids[0] }, { task_id: ids[1] }] } })
    t.match(await cortex.refuse('cortex_get_tasks', { task_ids: ['a'], status: 'failed' }), { status: 400, body: { errors: [{ field: 'tool_input.status' }] } })
  })

  t.test('a conversation whose name may be written may be searched for', async (t) => {
    const cortex = await orchestrate(t)
    const conversation = 'c'.repeat(200)
    const id = await cortex.create({}, { 'cortex-conversation': conversation })
    for (const { status, body } of [await cortex.send<TaskList>('GET', `/v1/tasks?conversation_id=${conversation}`), await cortex.call<TaskList>('cortex_get_tasks', { conversation })]) {
      t.equal(status, 200)
      t.match(body.tasks, [{}])
    }
    t.match(await cortex.call('cortex_get_tasks', { conversation: 'current' }, { 'cortex-conversation': conversation }), { body: { tasks: [{ task_id: id }] } })
    t.match(await cortex.send('GET', `/v1/approvals?conversation_id=${conversation}`), { status: 200, body: { approvals: [] } })
  })

  t.test('a page of large tasks is shorter, and its cursor goes on', async (t) => {
    const cortex = await orchestrate(t)
    const ids = await Promise.all(Array.from({ length: 12 }, () => cortex.create({ metadata: { big: 'x'.repeat(900_000) } })))
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: TaskList } = await cortex.send<TaskList>('GET', `/v1/tasks?limit=200${cursor && `&cursor=${cursor}`}`)
      t.ok(body.tasks.length > 0 && body.tasks.length < 12)
      seen.push(...body.tasks.map((task) => task.id))
      cursor = body.next_cursor
    }
    t.same(seen.sort(), ids.sort())
  })

  t.test('tasks asked for by id are answered once each, as many as make a page, and the others are named', async (t) => {
    const cortex = await orchestrate(t)
    const ids = await Promise.all(Array.from({ length: 10 }, () => cortex.create({ category: 'general' })))
    const evidence = Array.from({ length: 45 }, () => ({ claim: 'It is there', detail: 'x'.repeat(20_000) }))
    const wide = masters.map((master) => ({ ...master, concurrency: 10 }))
    for (const { lease_id: lease } of await cortex.lease({ masters: wide })) t.equal((await cortex.end(lease, { kind: 'completed', result: { summary: 'Done', evidence } })).status, 200)
    t.match(await cortex.call('cortex_get_tasks', { task_ids: Array.from({ length: 200 }, () => ids[0]) }), { status: 200, body: { tasks: [{ task_id: ids[0], status: 'completed' }] } })
    const { body } = await cortex.call<TaskStatusReports>('cortex_get_tasks', { task_ids: [...ids, 'nothing'] })
    t.ok(body.tasks.length < 10, `${body.tasks.length} answered`)
    t.same([...body.tasks.map((task) => task.task_id), ...body.omitted ?? []], [...ids, 'nothing'])
    const { body: rest } = await cortex.call<TaskStatusReports>('cortex_get_tasks', { task_ids: body.omitted })
    t.same(rest.tasks.map((task) => task.task_id), body.omitted)
    t.equal(rest.omitted, undefined)
  })

  t.test('the tools are offered as the Messages API takes them', async (t) => {
    const cortex = await orchestrate(t)
    const { body } = await cortex.send<{ tools: Array<{ name: string, description: string, input_schema: { type: string, additionalProperties: boolean } }> }>('GET', '/v1/tools')
    t.same(body.tools.map((tool) => tool.name), ['cortex_create_task', 'cortex_get_task_status', 'cortex_get_tasks', 'cortex_cancel_task', 'cortex_retry_task', 'cortex_list_agents', 'cortex_get_metrics'])
    for (const tool of body.tools) {
      t.equal(tool.input_schema.type, 'object')
      t.equal(tool.input_schema.additionalProperties, false)
      t.ok(tool.description.length > 30)
    }
  })
}
