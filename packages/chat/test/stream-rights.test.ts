import t from 'tap'
import { EventReader } from './support/event-reader.ts'
import { startGuarded } from './support/signed-in.ts'

t.test('a stream ends at once with the right to read it: the share, the session, the token, the role, the conversation', async (t) => {
  const guarded = await startGuarded(t)
  const [ada, vic, olga] = [await guarded.signIn('ada'), await guarded.signIn('vic'), await guarded.signIn('olga')]
  const { body: { id } } = await guarded.ask('POST', '/v1/conversations', { cookie: ada, body: {} })
  const path = `/v1/conversations/${id}`
  const change = async (body: object) => await guarded.ask('PATCH', path, { cookie: ada, body })
  const open = async (headers: Record<string, string>, query = '') => {
    const stream = await EventReader.open(`${guarded.url}${path}/stream${query}`, headers)
    t.teardown(() => stream.close())
    return stream
  }
  const titled = (title: string) => ({ data }: { data: Record<string, unknown> }) => data.title === title

  await change({ shared: true })
  const [hers, his] = [await open({ cookie: ada }), await open({ cookie: vic })]
  await change({ title: 'For everybody' })
  await his.until(titled('For everybody'))
  await change({ shared: false })
  await change({ title: 'For me alone' })
  await his.end()
  t.equal(his.frames.at(-1)?.event, 'goodbye')
  t.notMatch(JSON.stringify(his.frames), /"shared":false|For me alone/)
  await hers.until(titled('For me alone'))
  t.equal((await open({ cookie: vic })).status, 404)

  await change({ shared: true })
  const again = await open({ cookie: vic })
  await again.until(titled('For me alone'))
  await change({ title: 'Shared again' })
  await again.until(titled('Shared again'))
  t.ok(again.frames.some(({ data }) => data.shared === false), 'a share that was taken back before ends nothing now')

  const { body: { id: tokenId, token } } = await guarded.ask('POST', '/v1/tokens', { cookie: ada, body: { name: 'reader', roles: ['viewer'] } })
  const [olgas, byToken] = [await open({ cookie: olga }), await open({ authorization: `Bearer ${token}` })]
  const signedOut = await guarded.ask('POST', '/v1/sign-out', { cookie: olga, body: {} })
  t.equal(signedOut.status, 204)
  await olgas.end()
  await guarded.ask('DELETE', `/v1/tokens/${tokenId}`, { cookie: ada })
  await byToken.end()
  const began = performance.now()
  guarded.edit((text) => text.replace(/ {2}vic: .*\n/, ''))
  await again.end()
  t.ok(performance.now() - began < 8_000, 'not only when all are looked at')

  t.notOk(hers.ended)
  await guarded.ask('DELETE', path, { cookie: ada })
  await hers.end()
  t.equal(hers.frames.at(-1)?.event, 'goodbye')
})

t.test('who comes to read is looked at while they catch up, so a share that ends meanwhile is noticed', async (t) => {
  const guarded = await startGuarded(t)
  const [ada, vic] = [await guarded.signIn('ada'), await guarded.signIn('vic')]
  const { body: { id } } = await guarded.ask('POST', '/v1/conversations', { cookie: ada, body: {} })
  const path = `/v1/conversations/${id}`
  for (let n = 0; n < 10; n++) {
    await guarded.ask('PATCH', path, { cookie: ada, body: { shared: true } })
    const [stream] = await Promise.all([
      EventReader.open(`${guarded.url}${path}/stream`, { cookie: vic }),
      guarded.ask('PATCH', path, { cookie: ada, body: { shared: false } }).then(async () => await guarded.ask('PATCH', path, { cookie: ada, body: { title: `Secret ${n}.` } }))
    ])
    if (stream.status === 200) await stream.end()
    t.notMatch(JSON.stringify(stream.frames), `Secret ${n}.`)
  }
})
