import t from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleMessage, sampleSnapshot } from './support/samples.ts'

const stage = await createStage(t)
const otherId = 'conv-otherotherotherothe0'

t.test('a conversation that is opened while events of the last one wait to be drawn is followed like any other', async (t) => {
  const { server, open } = await stage(t)
  server.snapshots.set(otherId, { ...sampleSnapshot(), id: otherId, title: 'The other one', messages: [], tasks: [], approvals: [] })
  const page = await open(t)
  await server.until(() => server.streamCount() === 1)
  await page.getByText('Live').waitFor()
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 3_600_000)
  await page.evaluate(() => {
    // The event has been read once its bytes went through the decoder.
    const heard = new Set<string>()
    Object.assign(window, { heard })
    const decode = TextDecoder.prototype.decode
    TextDecoder.prototype.decode = function (...given) {
      const text = decode.apply(this, given)
      for (const word of text.match(/never drawn|drawn at once/g) ?? []) heard.add(word)
      return text
    }
  })
  const sendAndHear = async (text: string) => {
    server.send(conversationId, { type: 'message', message: sampleMessage('assistant', text) })
    while (!await page.evaluate((text) => (window as unknown as { heard: Set<string> }).heard.has(text), text));
  }
  await sendAndHear('drawn at once')
  await page.clock.runFor(100)
  await page.getByText('drawn at once').waitFor()
  await sendAndHear('never drawn')
  await page.evaluate((id) => { history.pushState(null, '', `/c/${id}`); dispatchEvent(new PopStateEvent('popstate')) }, otherId)
  await server.until(() => server.seen.some(({ path }) => path === `/v1/conversations/${otherId}/stream`))
  await page.clock.resume()
  await page.getByRole('heading', { name: 'The other one' }).waitFor()
  server.send(otherId, { type: 'message', message: sampleMessage('assistant', 'On the board in a moment.') })
  await page.getByText('On the board in a moment.').waitFor()
  t.pass()
})
