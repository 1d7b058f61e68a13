import { EventEmitter, once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { newSecret, workerTokenOf } from '@cortex/service'
import t from 'tap'
import { listen } from './support/listen.ts'
import { temporaryFolder } from './workspace.ts'
import { startAgentsProcess } from './support/agents-process.ts'
import { orchestrate } from '../../orchestrator/test/orchestrator.ts'

t.test('an agent for some masters announces those alone with the rules it works by, and answers probes and Prometheus, and nothing but them, by whether work can be had', async (t) => {
  const orchestrator = await orchestrate(t)
  const home = await temporaryFolder(t)
  const file = join(home, 'policy.yaml')
  const rule = { name: 'production is not ours', match: { target: 'apps/prod/**' }, decision: 'deny' }
  await writeFile(file, JSON.stringify({ rules: [rule] }))
  const { log } = await startAgentsProcess(t, {
    ORCHESTRATOR_URL: orchestrator.url, CORTEX_HOME: home, AGENTS_PORT: '0', CORTEX_ONLY_MASTERS: 'security-master, inventory-master', CORTEX_POLICY: file
  })
  const { probes } = JSON.parse(log.at(-1)!) as { probes: string }
  // A probe of a cluster names the address of the pod.
  const ask = (path: string) => fetch(`${probes}${path}`, { headers: { host: '10.42.0.7:8200' } }).then(({ status }) => status)
  t.equal(await ask('/livez'), 200)
  t.equal(await ask('/readyz'), 200)
  t.equal(await ask('/v1/tasks'), 404)
  t.equal((await fetch(`${probes}/livez`, { method: 'POST' })).status, 404)

  let announced: string[] = []
  while (announced.length === 0) announced = (await orchestrator.call<{ masters: Array<{ id: string }> }>('cortex_list_agents', {})).body.masters.map(({ id }) => id)
  t.strictSame(announced.sort(), ['inventory-master', 'security-master'])
  t.strictSame((await orchestrator.send('GET', '/v1/policy')).body, { policies: [{ file, rules: [rule], masters: announced }] }, 'and the rules it works by')

  const id = await orchestrator.create({ title: 'Scan the workspace for misconfigurations', category: 'security' })
  for (let status = ''; status !== 'completed';) ({ body: { status } } = await orchestrator.call<{ status: string }>('cortex_get_task_status', { task_id: id, wait_seconds: 5 }))
  let metrics = ''
  while (!/^cortex_agent_runs_total\{master="security-master",outcome="completed"\} 1$/m.test(metrics)) metrics = await (await fetch(`${probes}/metrics`)).text()
  t.match(metrics, /^cortex_toolkit_call_seconds_count\{toolkit="inspection",act="read",outcome="done"\} \d/m)
  t.match(metrics, /^cortex_agent_runs_active\{master="security-master"\} 0$/m)
  t.match(metrics, /^process_resident_memory_bytes \d/m)
})

t.test('an agent that cannot reach its orchestrator lives and is not ready', async (t) => {
  const { log, said } = await startAgentsProcess(t, { ORCHESTRATOR_URL: 'http://127.0.0.1:9', CORTEX_HOME: await temporaryFolder(t), AGENTS_PORT: '0' })
  await said('no work can be had')
  const { probes } = JSON.parse(log.find((line) => line.includes('"ready"'))!) as { probes: string }
  t.equal((await fetch(`${probes}/readyz`)).status, 503)
  t.equal((await fetch(`${probes}/livez`)).status, 200)
})

t.test('an agent whose token the orchestrator refuses does not start; one that is refused later is not ready and says why, once', async (t) => {
  const [theirs, ours] = [newSecret(), newSecret()]
  const gate = (serviceToken: string) => ({ serviceToken, people: null, requestsPerMinute: 100_000 })
  const first = await orchestrate(t, { gate: gate(theirs) })
  const env = { ORCHESTRATOR_URL: first.url, CORTEX_HOME: await temporaryFolder(t), AGENTS_PORT: '0' }
  await Promise.all([
    t.rejects(startAgentsProcess(t, { ...env, CORTEX_WORKER_TOKEN: workerTokenOf(ours) }), { message: /"level":"fatal".*"code":"CTX_WORKER_TOKEN_REFUSED".*refuses CORTEX_WORKER_TOKEN; set it to the one that belongs to/ }),
    t.rejects(startAgentsProcess(t, { ...env, CORTEX_WORKER_TOKEN: theirs }), { message: /CTX_WORKER_TOKEN_REFUSED/ }, 'nor that of the chat'),
    t.rejects(startAgentsProcess(t, env), { message: /asks for CORTEX_WORKER_TOKEN/ })
  ])
  const { log, said } = await startAgentsProcess(t, { ...env, CORTEX_WORKER_TOKEN: workerTokenOf(theirs) })
  const { probes } = JSON.parse(log.at(-1)!) as { probes: string }
  await first.restart({ gate: gate(ours), port: Number(new URL(first.url).port) })
  await said('refuses CORTEX_WORKER_TOKEN')
  const answer = await fetch(`${probes}/readyz`)
  t.match([answer.status, await answer.json()], [503, { status: /refuses CORTEX_WORKER_TOKEN/ }])
})

t.test('an agent for a master that does not exist ends and names those that do', async (t) => {
  await t.rejects(startAgentsProcess(t, { CORTEX_HOME: await temporaryFolder(t), CORTEX_ONLY_MASTERS: 'securty-master' }), { message: /CTX_MASTER_MISSING.*security-master/s })
})

t.test('an agent with the address of another server and no key asks that server what no runbook fits', async (t) => {
  const orchestrator = await orchestrate(t)
  const requests = new EventEmitter()
  const asked = once(requests, 'request') as Promise<[IncomingMessage]>
  const url = await listen(t, async (request, response) => {
    requests.emit('request', request)
    response.writeHead(401).end('{}')
  })
  await startAgentsProcess(t, { ORCHESTRATOR_URL: orchestrator.url, CORTEX_HOME: await temporaryFolder(t), ANTHROPIC_BASE_URL: url, CORTEX_MODEL: 'a-model' })
  await orchestrator.create({ title: 'Think of a name', description: 'For the new cluster', category: 'general' })
  const [{ url: path, headers }] = await asked
  t.match(path, '/v1/messages')
  t.match(headers.authorization, 'offline', 'a placeholder')
})
