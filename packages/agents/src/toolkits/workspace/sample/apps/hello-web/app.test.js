import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildApp } from './app.js'

test('greets the world', async () => {
  const response = await buildApp().inject('/')
  assert.deepEqual(response.json(), { hello: 'world' })
})

test('remembers its guests', async () => {
  const app = buildApp({ guestsFile: join(await mkdtemp(join(tmpdir(), 'hello-web-')), 'guests.txt') })
  await app.inject({ method: 'POST', url: '/guests', payload: { name: 'Ada' } })
  assert.deepEqual((await app.inject('/guests')).json(), ['Ada'])
})
