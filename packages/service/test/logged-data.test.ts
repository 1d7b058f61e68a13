import { Writable } from 'node:stream'
import t from 'tap'
import { createLogger } from '../src/index.ts'

interface Line { msg: string, err: Record<string, unknown>, [field: string]: unknown }

function startLog () {
  const lines: Line[] = []
  const logger = createLogger({ level: 'debug', name: 'example' }, new Writable({
    write (chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Line)
      done()
    }
  }))
  return { logger, last: () => lines.at(-1)! }
}

t.test('an error is logged whatever it carries, with what it says and why, and without secrets', async (t) => {
  const { logger, last } = startLog()
  const carrying = Object.assign(new TypeError('no', { cause: new Error('because', { cause: Object.assign(new Error('at last'), { code: 'ECONNREFUSED' }) }) }), { code: 'EXAMPLE', status: 403, detail: { token: 'a secret', kept: 1 } })
  logger.warn({ err: carrying }, 'it failed')
  t.match(last(), { msg: 'it failed', err: { type: 'TypeError', message: 'no: because: at last', stack: /TypeError: no\n[^]*caused by: Error: because\n[^]*caused by: Error: at last/, code: 'EXAMPLE', status: 403, detail: { token: '[redacted]', kept: 1 } } })

  for (const cause of [new URLSearchParams('error=access_denied&code=a-code'), new Map([['a', 1]]), new Headers(), new Response(), Buffer.from('bytes')]) {
    const error = new Error('refused')
    Object.assign(error, { cause, error: 'access_denied' })
    logger.warn({ err: error }, 'refused')
    t.match(last(), { msg: 'refused', err: { message: 'refused', error: 'access_denied', cause: `[${cause.constructor.name}]` } })
  }

  const circular = Object.assign(new Error('a'), { self: {} as object, long: 'x'.repeat(1_000_000) })
  circular.cause = circular
  circular.self = { circular }
  Object.defineProperty(circular, 'getter', { enumerable: true, get () { throw new Error('not this one') } })
  logger.error(circular)
  t.match(last(), { msg: 'a', err: { type: 'Error', message: 'a', getter: '[unreadable]' } })
  t.ok(JSON.stringify(last()).length < 200_000, 'and no line is endless')

  logger.error({ err: new AggregateError([new Error('one'), new Error('two')], 'both') })
  t.match(last().err, { message: 'both', aggregateErrors: [{ message: 'one' }, { message: 'two' }] })
  for (const thrown of ['a text', 7, null, Object.create(null), new Proxy({}, { get () { throw new Error('no') }, ownKeys () { throw new Error('no') } })]) {
    logger.error({ err: thrown }, 'odd')
    t.equal(last().msg, 'odd')
  }
})

t.test('whatever else a line is given is plain data in it, and nothing throws into who logs', async (t) => {
  const { logger, last } = startLog()
  const circular: Record<string, unknown> = { id: 1 }
  circular['self'] = circular
  logger.info({
    query: new URLSearchParams('a=1'),
    nested: { list: [{ query: new URLSearchParams('b=2'), password: 'a secret' }] },
    at: new Date(0),
    url: new URL('https://cortex.example/a'),
    count: 7n,
    circular,
    bare: Object.create(null),
    broken: new Date(NaN),
    token: 'a secret',
    why: new Error('inside')
  }, 'odd things')
  t.match(last(), {
    msg: 'odd things',
    query: '[URLSearchParams]',
    nested: { list: [{ query: '[URLSearchParams]', password: '[redacted]' }] },
    at: '1970-01-01T00:00:00.000Z',
    url: 'https://cortex.example/a',
    count: '7',
    circular: { id: 1, self: { id: 1 } },
    bare: {},
    token: '[redacted]',
    why: { message: 'inside' }
  })
  logger.info('%s and %o', 'a text', new URLSearchParams('a=1'))
  t.match(last().msg, 'a text and')
})
