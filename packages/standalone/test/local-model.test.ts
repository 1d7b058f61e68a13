import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startProcess, temporaryHome } from './standalone.ts'

t.test('a server of open models is asked for the model that was named, by the chat and by workers, and for no other', async (t) => {
  const asked: string[] = []
  const heard = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { model, system } = JSON.parse(body) as { model: string, system: unknown }
    asked.push(model)
    if (JSON.stringify(system).includes('give_up')) heard.resolve()
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"type":"error","error":{"type":"not_found_error","message":"model not found"}}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.close().closeAllConnections() })
  const cortex = await startProcess(t, await temporaryHome(t), { ANTHROPIC_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, CORTEX_MODEL: 'qwen3:32b' })
  t.match(cortex.log.join('\n'), /models: qwen3:32b in the chat, qwen3:32b for workers/)
  await fetch(`${cortex.orchestratorUrl}/execute-tool`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tool_name: 'cortex_create_task', tool_input: { title: 'Think of a name', description: 'For the new cluster', category: 'general' } }) })
  const id = await cortex.begin()
  await cortex.say(id, 'Hello')
  await cortex.until(id, ({ messages }) => messages.some(({ status }) => status === 'failed'))
  await heard.promise
  t.same([...new Set(asked)], ['qwen3:32b'])
})
