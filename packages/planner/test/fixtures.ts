import Anthropic from '@anthropic-ai/sdk'
import type { Test } from 'tap'
import { startPlanner } from '../src/index.ts'

export const tools: Anthropic.Tool[] = ['cortex_create_task', 'cortex_get_task_status', 'cortex_get_tasks', 'cortex_cancel_task', 'cortex_retry_task']
  .map((name) => ({ name, description: name, input_schema: { type: 'object' } }))

/** A planner that answers at once and ends with the test. */
export async function serve (t: Test, cadenceMs = 0) {
  const planner = await startPlanner({ host: '127.0.0.1', port: 0, cadenceMs })
  t.teardown(() => planner.close())
  const client = new Anthropic({ apiKey: 'offline', baseURL: planner.url, maxRetries: 0 })
  const post = async (body: unknown, path = '/v1/messages', headers: Record<string, string> = {}) => {
    const response = await fetch(planner.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'any', 'anthropic-version': '2026-10-21', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body)
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return { url: planner.url, client, post }
}

export const three = 'Set up the following in parallel: 1) Deploy monitoring stack 2) Configure security scanning 3) Set up CI/CD pipeline'

export function ask (text: string): Anthropic.MessageCreateParamsNonStreaming {
  return { model: 'cortex-rules-1', max_tokens: 4_096, tools, messages: [{ role: 'user', content: text }] }
}
