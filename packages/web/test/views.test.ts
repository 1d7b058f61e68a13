import t from 'tap'
import { hostBehind } from '../src/chat/link-host.ts'
import { safeHref } from '../src/chat/safe-href.ts'
import { begunBy } from '../src/chat/tool-call.ts'
import { formatRoute, parseRoute } from '../src/state/route.ts'
import { clock, countDiff, diffLines, isRepeated, masterName, remaining } from '../src/state/task-view.ts'
import { place, scaleOf, segmentsOf } from '../src/timeline/segments.ts'
import { showHidden, showLogLine } from '../src/ui/visible-text.ts'
import { createCall, sampleDiff, sampleTask } from './support/samples.ts'

t.test('what a stopped reply has begun is read from its calls, and left open where nobody knows', async (t) => {
  const task = sampleTask({ title: 'Back up the database', status: 'queued' })
  const made = createCall(task)
  const refused = { ...made, status: 'failed', output: { code: 'CTX_TASK_LIMIT', detail: 'Too many tasks' } } as const
  const unanswered = { ...made, status: 'failed', output: { code: 'CTX_CALL_UNANSWERED', detail: 'Not known' } } as const
  const looked = { ...made, name: 'cortex_get_tasks', output: { tasks: [] } }
  const cancelled = { ...made, name: 'cortex_cancel_task' }
  t.equal(begunBy([], new Map()), 'nothing')
  t.equal(begunBy([refused, looked], new Map([[task.id, task]])), 'nothing')
  t.equal(begunBy([refused, made], new Map()), 'tasks')
  t.equal(begunBy([{ ...made, name: 'cortex_retry_task' }], new Map()), 'tasks')
  t.equal(begunBy([unanswered], new Map([[task.id, { ...task, idempotency_key: `run-1.${made.id}` }]])), 'tasks', 'its task is there')
  t.equal(begunBy([looked, unanswered], new Map([[task.id, task]])), 'unknown')
  t.equal(begunBy([cancelled], new Map()), 'unknown')
})

t.test('a diff is counted by its lines, not by what they look like', async (t) => {
  t.same(countDiff(sampleDiff), { added: 9, removed: 1 })
  const tricky = '--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1,2 @@\n--- a comment\n+++ more\n same\n'
  t.same(countDiff(tricky), { added: 1, removed: 1 })
  t.same(diffLines(tricky).map(({ kind }) => kind), ['header', 'header', 'header', 'removed', 'added', 'context'])
  t.same(countDiff('--- a/one\n+++ b/one\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n--- a/two\n+++ b/two\n@@ -0,0 +1 @@\n+c\n'), { added: 2, removed: 1 })
})

t.test('of a diff\'s header only that is repeated which its caption says', async (t) => {
  const header = ['diff --git a/x.sh b/x.sh', 'new file mode 100644', 'index 0000000..1234567', '--- /dev/null', '+++ b/x.sh', 'new file mode 100755', '+++ b/other.sh', 'rename from y.sh', 'Binary files differ', '@@ -0,0 +1 @@']
  const diff = [...header, '+--- a/x.sh'].join('\n')
  t.same(diffLines(diff).filter((line) => !isRepeated(line, 'x.sh')).map(({ text }) => text), [...header.slice(5), '+--- a/x.sh'])
})

t.test('characters that hide or turn text around are shown by number', async (t) => {
  t.equal(showHidden('if admin\u202e // safe'), 'if admin⟨U+202E⟩ // safe')
  t.equal(showHidden('a\u0000\u200bb\tc\nd é 漢'), 'a⟨U+0000⟩⟨U+200B⟩b\tc\nd é 漢')
  t.equal(showHidden('a\u00adb\u3164c\u200d'.repeat(2)), 'a⟨U+00AD⟩b⟨U+3164⟩c⟨U+200D⟩'.repeat(2))
  t.equal(showHidden(`x${'\u200b'.repeat(100_000)}y`), 'x⟨U+200B ×100000⟩y', 'many in a row take no more room')
  const harmless = ['👨‍👩‍👧 ❤️', 'می‌خواهم', 'क्‍ष', '“…” – €']
  t.same(harmless.map(showHidden), harmless, 'pictures and words that are written so stay whole')
  t.equal(showHidden('if\uFE00 (x\uFE0F) 漢\u{E0100}1\uFE0F ❤\uFE0F\uFE0F'), 'if⟨U+FE00⟩ (x⟨U+FE0F⟩) 漢⟨U+E0100⟩1⟨U+FE0F⟩ ❤⟨U+FE0F ×2⟩', 'what picks a look, where there is none to pick')
  t.same(['❤️', '1️⃣', '👍🏽', '☎︎', 'ᠠ᠋'].map(showHidden), ['❤️', '1️⃣', '👍🏽', '☎︎', 'ᠠ᠋'])
  t.equal(showLogLine('\u001b[31mred\u001b[0m'), 'red')
})

t.test('only addresses a person may be sent to become links', async (t) => {
  t.equal(safeHref('https://example.com/a?b=1'), 'https://example.com/a?b=1')
  t.equal(safeHref('mailto:ops@example.com'), 'mailto:ops@example.com')
  for (const href of ['javascript:alert(1)', ' java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '/v1/tasks', '//host', 'blob:x', 'https://user:pass@host/', '', '#x']) t.equal(safeHref(href), null, href)
})

t.test('a link says where it leads, unless its words are that address', async (t) => {
  for (const words of ['https://github.com/login', 'the manual', '127.0.0.1:5320', 'http://127.0.0.1:5320/approvals', 'localhost:3000', 'localhost', 'github。com', 'github .com', 'https://github.com@evil.example/', 'evil.example github.com', 'evil.example⟨U+200B⟩', 'еvil.example', '']) {
    t.equal(hostBehind(words, 'https://evil.example/6'), 'evil.example', words)
  }
  t.equal(hostBehind('github.com', 'https://github.com.evil.example/'), 'github.com.evil.example')
  t.equal(hostBehind('gіthub.com', 'https://xn--gthub-n2a.com/'), 'xn--gthub-n2a.com', 'letters that only look alike')
  t.equal(hostBehind('http://127.0.0.1:3000', 'http://127.0.0.1:9000/'), '127.0.0.1:9000')
  t.equal(hostBehind('ops@example.com', 'mailto:x@evil.example'), 'x@evil.example')
  for (const [words, href] of [['github.com', 'https://www.github.com/a'], ['https://GitHub.com:443/x', 'https://github.com/x'], ['127.0.0.1:3000', 'http://127.0.0.1:3000/'], ['ops@example.com', 'mailto:ops@example.com']] as const) t.equal(hostBehind(words, href), null, words)
})

t.test('the address bar says where one is, and takes only ids that are ids', async (t) => {
  const route = { screen: 'chat', conversationId: 'conv-0123456789abcdefghij', taskId: 'task-chat-1766779451040-2axt2h5cq', messageId: 'msg-0123456789abcdefghij' } as const
  const url = new URL(formatRoute(route), 'http://localhost')
  t.same(parseRoute(url), route)
  t.same(parseRoute({ pathname: '/c/../../v1', search: '?task=../../etc', hash: '#m=../../etc' }), { screen: 'missing', conversationId: null, taskId: null, messageId: null })
  for (const [pathname, screen] of [['/', 'chat'], ['/new', 'chat'], ['/tasks', 'tasks'], ['/nope', 'missing'], ['/c/zzz', 'missing'], ['/tasks/1', 'missing']] as const) t.equal(parseRoute({ pathname, search: '', hash: '' }).screen, screen)
  t.equal(formatRoute({ screen: 'history', conversationId: null, taskId: null, messageId: 'msg-0123456789abcdefghij' }), '/history')
})

t.test('names and times read as people write them', async (t) => {
  t.same([0, 39_400, 3_723_000].map(clock), ['0:00', '0:39', '1:02:03'])
  t.same(['cicd-master', 'infrastructure-master', 'site-reliability-master'].map(masterName), ['CI/CD', 'Infrastructure', 'Site reliability'])
})

t.test('what is left is guessed from the pace, and not at all where a guess is worth nothing', async (t) => {
  const now = Date.now()
  const running = (percent: number, started: number) => sampleTask({ title: 'One', status: 'in_progress', started, more: { progress: { percent, step: '' } } })
  t.equal(Math.round((remaining(running(50, 20), now) ?? 0) / 1_000), 20)
  t.equal(remaining(running(50, 2), now), null, 'too young')
  t.equal(remaining(running(3, 60), now), null, 'too little')
})

t.test('the timeline shows each attempt, and what was waited for between', async (t) => {
  const task = sampleTask({ title: 'One', status: 'completed', created: 100, started: 90, ended: 10 })
  const at = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString()
  const kinds = segmentsOf({
    ...task,
    attempts: [
      { attempt: 1, worker: 'daryl-1', started_at: at(90), ended_at: at(80), outcome: 'lost' },
      { attempt: 2, worker: 'daryl-2', started_at: at(70), ended_at: at(60), outcome: 'awaiting_approval' },
      { attempt: 2, worker: 'daryl-3', started_at: at(20), ended_at: at(10), outcome: 'completed' }
    ]
  }, Date.now()).map(({ kind }) => kind)
  t.same(kinds, ['wait', 'lost', 'wait', 'worked', 'ask', 'done'])
  t.same(segmentsOf(sampleTask({ title: 'Two', status: 'waiting' }), Date.now()).map(({ kind }) => kind), ['wait'])
  t.same(segmentsOf(sampleTask({ title: 'Three', status: 'awaiting_approval', started: 30, ended: 10 }), Date.now()).map(({ kind }) => kind), ['wait', 'worked', 'ask'])
})

t.test('the scale has few marks however long it is', async (t) => {
  for (const seconds of [1, 46, 3_600, 86_400, 4_000_000]) {
    const scale = scaleOf(0, seconds * 1_000, 6, 0.17)
    t.ok(scale.ticks.length >= 2 && scale.ticks.length <= 7, `${seconds} s has ${scale.ticks.length}`)
    t.ok(place(scale, Math.max(10, seconds) * 1_000) < 84, 'and leaves room for labels')
  }
})
