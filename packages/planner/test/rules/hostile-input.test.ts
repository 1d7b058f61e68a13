import t from 'tap'
import { reply, said } from './history.ts'

const size = 200_000
const hostile: Readonly<Record<string, string>> = {
  'one letter': 'a'.repeat(size),
  commas: ','.repeat(size),
  'open brackets': '('.repeat(size),
  quotes: '"'.repeat(size),
  backticks: '`'.repeat(size),
  'dots and letters': 'a.'.repeat(size / 2),
  dashes: '-'.repeat(size),
  spaces: ' '.repeat(size) + 'x',
  'line ends': '\n'.repeat(size),
  ands: 'and '.repeat(size / 4),
  verbs: 'deploy '.repeat(size / 7),
  'verbs with objects': 'deploy redis and '.repeat(size / 17),
  'the same list a thousand times': '1) deploy redis 2) scan images '.repeat(size / 31),
  conditions: 'once it is up, '.repeat(size / 15),
  thens: 'then deploy a database '.repeat(size / 23),
  'words of asking': 'please could you '.repeat(size / 17),
  questions: 'what is the status of '.repeat(size / 22),
  bullets: '- deploy redis\n'.repeat(size / 15),
  numbers: Array.from({ length: size / 20 }, (_, i) => `${i + 1}) deploy thing-${i}`).join(' '),
  'a fence that never closes': '```'.repeat(size / 3),
  'report tags': '<batch_report>'.repeat(size / 14),
  'a long chain': Array.from({ length: size / 30 }, (_, i) => `then deploy service-${i}`).join(' '),
  'a long tail': Array.from({ length: size / 30 }, (_, i) => `deploy service-${i}. Finally, test service-${i}.`).join(' '),
  'nested names': 'status of task-chat-'.repeat(size / 20),
  retries: 'retry the failed the failed '.repeat(size / 28),
  'lone surrogates': '\ud800 deploy \udfff '.repeat(size / 12),
  'combining marks': 'e\u0301\u0301\u0301'.repeat(size / 4),
  emoji: '👩‍👩‍👧‍👦 deploy redis '.repeat(size / 25),
  'right to left': '\u202edeploy redis\u202c '.repeat(size / 15),
  'marks of emphasis': '_a *b* '.repeat(size / 7),
  'single quotes': "'a ".repeat(size / 3),
  tables: '| deploy redis | Ben |\n|---|---|\n'.repeat(size / 30),
  'quoted lines and set-in ones': '> a\n\n    b\n'.repeat(size / 11),
  'headings and phases': '# Phase 1\nPhase 2: deploy redis.\n'.repeat(size / 32),
  'things taken back': 'deploy redis, no, to prod, I mean staging. scratch that. skip redis. '.repeat(size / 68),
  'withdrawals that end nowhere': 'deploy redis - no wait, hold on, but '.repeat(size / 36),
  halts: 'wait, actually, '.repeat(size / 16),
  'shared work': 'Alice will deploy redis, you do the monitoring '.repeat(size / 46),
  'questions and answers': 'Is redis up? If not, deploy it. '.repeat(size / 32),
  praise: 'release notes look good '.repeat(size / 24),
  'all but': 'all but '.repeat(size / 8),
  'a long path': 'deploy ' + 'a/'.repeat(size / 2 - 4),
  'zero width': 'de\u200bploy\u200b redis '.repeat(size / 14)
}

/** Milliseconds this process computed since then: what the machine does beside it does not count. */
const cpuTime = (since: NodeJS.CpuUsage): number => { const { user, system } = process.cpuUsage(since); return (user + system) / 1_000 }

t.test('a hostile message of 200 kB is answered within a bound of work', async (t) => {
  for (const [what, text] of Object.entries(hostile)) {
    const started = process.cpuUsage()
    const { calls } = reply(said(text))
    const took = cpuTime(started)
    t.ok(took < 5_000, `${what} took ${Math.round(took)} ms`)
    t.ok(calls.length <= 100, `${what} made ${calls.length} calls`)
  }
})

t.test('twice the text costs about twice the time', async (t) => {
  for (const piece of ['deploy redis and ', 'once it is up, ', '- deploy redis\n', 'a, ', 'what is the status of ', 'please ', '(deploy ', 'how is a ']) {
    const time = (length: number): number => {
      const text = piece.repeat(length / piece.length)
      const runs = Array.from({ length: 3 }, () => {
        const started = process.cpuUsage()
        reply(said(text))
        return cpuTime(started)
      })
      return Math.min(...runs)
    }
    time(4_000)
    const [small, large] = [time(5_000), time(20_000)]
    t.ok(large < Math.max(60, small * 16), `${JSON.stringify(piece)}: ${small.toFixed(1)} ms, then ${large.toFixed(1)} ms for four times the text`)
  }
})

t.test('invisible characters change nothing about what is understood', async (t) => {
  for (const say of ['de\u200bploy re\u00addis', '\u202edeploy redis\u202c', 'deploy\u00a0redis', 'deploy\tredis', '\ufeffdeploy redis', 'deploy redis\u0000']) t.equal(reply(said(say)).calls[0]?.input.title, 'Deploy Redis', JSON.stringify(say))
})

t.test('random words never break a rule: each reply has text or calls with a title and a description', async (t) => {
  const words = 'deploy scan and then , . once after the a redis "x 1) 2. - \n ? : ; cancel retry status it them please don’t not urgent 🙂 (  ) ``` of for to all what is finally first `code` https://x.y/z'.split(' ')
  let seed = 7
  const random = (): number => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return seed / 2_147_483_648 }
  for (let i = 0; i < 1_500; i++) {
    const say = Array.from({ length: 1 + Math.floor(random() * 30) }, () => words[Math.floor(random() * words.length)]).join(' ')
    const { text, calls } = reply(said(say))
    const broken = calls.filter(({ name, input }) => name === 'cortex_create_task' && (!/\S/.test(String(input.title)) || !/\S/.test(String(input.description)) || String(input.title).length > 200))
    if ((text === '' && calls.length === 0) || broken.length > 0) t.fail(`${JSON.stringify(say)} gave ${JSON.stringify(broken)}`)
  }
  t.pass('1,500 messages')
})
