import { appendFile, readFile } from 'node:fs/promises'
import Fastify from 'fastify'

const name = { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 100, pattern: '^[^\\n]+$' } } }

export function buildApp ({ guestsFile = process.env.GUESTS_FILE ?? 'guests.txt' } = {}) {
  const app = Fastify()
  app.get('/', async () => ({ hello: process.env.GREETING_NAME ?? 'world' }))
  app.get('/guests', async () => (await readFile(guestsFile, 'utf8').catch(() => '')).split('\n').filter(Boolean))
  app.post('/guests', { schema: { body: name } }, async (request, reply) => {
    await appendFile(guestsFile, `${request.body.name}\n`)
    return reply.code(201).send(request.body)
  })
  return app
}
