import type { AgentList, TaskList, TaskMetrics } from '@cortex/contracts'
import t from 'tap'
import { EndedWindow } from '../src/domain/ended-window.ts'
import { masters, orchestrate, result } from './orchestrator.ts'

t.test('the masters are listed with their limits, what waits for them, and who works on what', async (t) => {
  const cortex = await orchestrate(t)
  const first = await cortex.create({ title: 'First' })
  for (let index = 0; index < 3; index++) await cortex.create()
  await cortex.create({ category: 'security', depends_on: [first] })
  const leases = await cortex.lease({ masters: [masters[0]] })
  const { body } = await cortex.call<AgentList>('cortex_list_agents', {})
  t.match(body.masters, [
    { ...masters[0], announced: true, running: 2, queued: 2, waiting: 0, awaiting_approval: 0 },
    // No agent has said that it takes this category.
    { id: 'security-master', categories: ['security'], announced: false, waiting: 1 }
  ])
  const workers = body.masters[0]?.workers ?? []
  t.same(new Set(workers.map(({ name, task_id: id }) => `${name} ${id}`)), new Set(leases.map(({ worker, task }) => `${worker} ${task.id}`)))
  t.match(workers.find((worker) => worker.task_id === first), { title: 'First', since: /Z$/ })
  const security = await cortex.call<AgentList>('cortex_list_agents', { type: 'security' })
  t.same(security.body.masters.map(({ id }) => id), ['security-master'])
  t.match(await cortex.refuse('cortex_list_agents', { type: 'magic' }), { status: 400, body: { errors: [{ field: 'tool_input.type' }] } })
})

t.test('the metrics count tasks by status and category, what ended lately, how long it took and what it cost', async (t) => {
  const cortex = await orchestrate(t)
  t.match((await cortex.call<TaskMetrics>('cortex_get_metrics', {})).body, { by_status: { queued: 0 }, latency: { tasks: 0, create_to_start: { p50_ms: null } } })
  await cortex.create()
  await cortex.create()
  const [first, second] = await cortex.lease()
  await cortex.report(first?.lease_id ?? '', { usage: { input_tokens: 1_000, output_tokens: 200, cost_usd: 0.25 } })
  await cortex.report(second?.lease_id ?? '', { usage: { input_tokens: 500, output_tokens: 100, cost_usd: 0.5 } })
  await cortex.end(first?.lease_id ?? '', { kind: 'completed', result })
  await cortex.end(second?.lease_id ?? '', { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'No' }, retryable: false })
  await cortex.create({ category: 'security' })
  const { body } = await cortex.call<TaskMetrics>('cortex_get_metrics', {})
  t.match(body, {
    by_status: { queued: 1, in_progress: 0, completed: 1, failed: 1 },
    by_category: { infrastructure: { queued: 0, completed: 1 }, security: { queued: 1 }, cicd: { queued: 0 } },
    throughput: { ended_last_minute: 2, ended_last_hour: 2 },
    latency: { tasks: 2 },
    usage: { input_tokens: 1_500, output_tokens: 300, cost_usd: 0.75 }
  })
  t.ok(Number(body.latency.create_to_start.p50_ms) >= 0 && Number(body.latency.start_to_end.p95_ms) >= Number(body.latency.start_to_end.p50_ms))

  const text = await (await fetch(`${cortex.url}/metrics`)).text()
  for (const line of [
    'cortex_tasks_created_total{category="infrastructure"} 2', 'cortex_tasks_ended_total{status="completed"} 1', 'cortex_tasks_ended_total{status="cancelled"} 0', 'cortex_task_failures_total{code="CTX_EXAMPLE"} 1',
    'cortex_leases_ended_total{outcome="completed"} 1', 'cortex_leases_ended_total{outcome="lost"} 0', 'cortex_master_concurrency{master="infrastructure-master"} 2', 'cortex_oldest_queued_seconds{master="infrastructure-master"} 0', 'cortex_store_up 1',
    'cortex_task_wait_seconds_count{category="infrastructure"} 2', 'cortex_task_duration_seconds_count{category="infrastructure",status="failed"} 1'
  ]) t.ok(text.split('\n').includes(line), line)
  t.match(text, /^cortex_oldest_queued_seconds\{master="general-master"\} 0\.\d/m)
  t.match(text, /^cortex_store_commit_operations_count [1-9]/m)
  t.match(text, /^cortex_tasks\{status="queued",category="security",master="[a-z-]+"\} 1$/m)
  t.match(text, /^http_server_request_duration_seconds_count\{http_request_method="POST",http_route="\/execute-tool",http_response_status_code="200"\} \d/m)
})

t.test('an estimate follows tasks into a slot, back and out, also those of an earlier process', async (t) => {
  const first = await orchestrate(t)
  const startOf = async (cortex: Pick<typeof first, 'call'>) => {
    const { body } = await cortex.call<{ created_at: string, estimated_start: string }>('cortex_create_task', { title: 'A', description: 'B', category: 'infrastructure' })
    return Date.parse(body.estimated_start) - Date.parse(body.created_at)
  }
  t.ok(await startOf(first) < 10_000, 'no task is ahead')
  await startOf(first)
  const leases = await first.lease()
  t.ok(await startOf(first) > 20_000, 'both slots are taken')
  await first.stop()
  const second = await orchestrate(t, { home: first.home })
  await second.lease({ agent_id: 'another', wait_seconds: 0 })
  t.ok(await startOf(second) > 20_000, 'the three of before count')
  for (const { id } of (await second.send<TaskList>('GET', '/v1/tasks?status=queued')).body.tasks) await second.call('cortex_cancel_task', { task_id: id })
  for (const { lease_id: lease } of leases) await second.end(lease, { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'No' }, retryable: false })
  t.ok(await startOf(second) < 10_000, 'all of them have ended')
})

t.test('latencies and throughput keep the newest tasks only, whatever the clock does', (t) => {
  const window = new EndedWindow()
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000)
  const ended = (run: number) => ({ metadata: { created_at: at(0).toISOString(), started_at: at(1).toISOString(), completed_at: new Date(at(1).getTime() + run).toISOString() } }) as Parameters<typeof window.add>[0]
  for (let index = 0; index < 1_000; index++) window.add(ended(60_000), at(100))
  for (let index = 1; index <= 1_000; index++) window.add(ended(index), at(150))
  t.same(window.latencies(), { tasks: 1_000, wait: { p50: 1_000, p95: 1_000 }, run: { p50: 500, p95: 950 } })
  t.equal(window.endedWithin(60, at(150)), 2_000)
  t.equal(window.endedWithin(60, at(170)), 1_000)
  window.add(ended(1), at(20))
  t.equal(window.endedWithin(60, at(180)), 1_001, 'a clock that stepped back loses nothing')
  t.equal(window.endedWithin(3_600, at(3_771)), 0)
  t.equal(window.endedWithin(3_600, at(10_000_000)), 0)
  t.end()
})
