import t from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleApproval, sampleSnapshot } from './support/samples.ts'

const stage = await createStage(t)

t.test('wherever a line of a diff wraps, its characters stay in their column', async (t) => {
  const { server, open } = await stage(t)
  const snapshot = sampleSnapshot()
  const task = snapshot.tasks.find(({ status }) => status === 'awaiting_approval')!
  // One of these lengths ends its row just before the dashes.
  const lines = Array.from({ length: 60 }, (_, index) => `+${'x'.repeat(index + 10)} --from-literal=username=admin === /* --> <!-- ## 0xFF www`)
  const changes = [{ toolkit: 'workspace', target: 'README.md', verb: 'create', diff: `--- /dev/null\n+++ b/README.md\n@@ -0,0 +1,${lines.length} @@\n${lines.join('\n')}\n` }]
  server.snapshots.set(conversationId, { ...snapshot, approvals: [sampleApproval(task, { changes })] })
  const page = await open(t, { path: `/c/${conversationId}?task=${task.id}`, height: 4_000 })
  const added = page.locator('figure code', { hasText: '--from-literal' })
  await added.waitFor()
  await page.evaluate(() => document.fonts.ready)
  const [padding, corner] = [12, 8]
  const { x, y, height } = (await added.boundingBox())!
  const strip = await page.screenshot({ clip: { x, y: y + corner, width: padding, height: height - 2 * corner } })
  const colors = await page.evaluate(async (source) => {
    const image = new Image()
    image.src = source
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    return new Set(new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer)).size
  }, `data:image/png;base64,${strip.toString('base64')}`)
  t.equal(colors, 1, 'nothing is drawn to the left of the text')
})
