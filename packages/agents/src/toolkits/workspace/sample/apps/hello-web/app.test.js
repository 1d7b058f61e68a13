import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildApp } from './app.js'

test('greets the world', async () => {
  const response = await buildApp().inject('/')
  assert.deepEqual(response.json(), { hello: 'world' })
})
