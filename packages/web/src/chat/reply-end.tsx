import type { ContentBlock, Message } from '@cortex/contracts'
import { usePage, usePageState } from '../app-context.ts'
import { canAsk } from '../sign-in/may.ts'
import { tasksOf } from '../state/page-state.ts'
import { hasEnded } from '../state/task-view.ts'
import { addUsage, nothingSpent } from '../state/usage.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { begunBy } from './tool-call.ts'

/** What there is to say of a reply once it has ended: why it did, whether it may be asked for again, and what it used. */
export function ReplyEnd ({ message }: { message: Message }) {
  const { status, content } = message
  const tasksGoOn = usePageState((state) => [...tasksOf(state).values()].some((task) => !hasEnded(task)))
  return (
    <>
      {status === 'stopped' && <StoppedNote content={content} />}
      {status === 'failed' && <Unanswered message={message} text={`${message.error?.message ?? texts.chat.failed}${tasksGoOn ? ` ${texts.chat.tasksGoOn}` : ''}`} again={message.error?.retryable ?? false} />}
      {status === 'complete' && isEmpty(content) && <Unanswered message={message} text={texts.chat.emptyReply} again />}
      <ReplyUsage message={message} />
    </>
  )
}

/** Thoughts alone are no answer. */
function isEmpty (content: readonly ContentBlock[]): boolean {
  return content.every((block) => block.type === 'reasoning' || (block.type === 'text' && block.text.trim() === ''))
}

function StoppedNote ({ content }: { content: readonly ContentBlock[] }) {
  const begun = usePageState((state) => begunBy(content.filter((block) => block.type === 'tool_call'), tasksOf(state)))
  return <p className='text-sm text-muted'>{texts.chat.stopped[begun]}</p>
}

/** What failed before it called anything can be asked for again without doing anything twice. */
function Unanswered ({ message: { id, kind, content }, text, again }: { message: Message, text: string, again: boolean }) {
  const { commands } = usePage()
  const live = usePageState(canAsk)
  const question = usePageState(({ conversation }) => {
    const messages = conversation?.messages ?? []
    const asked = messages.at(-1)?.id === id ? messages.findLast(({ role }) => role === 'user') : undefined
    return asked?.content.map((block) => block.type === 'text' ? block.text : '').join('')
  })
  const repeatable = again && question !== undefined && kind === 'turn' && !content.some(({ type }) => type === 'tool_call')
  return (
    <div className='flex flex-col items-start gap-1'>
      <Fault text={text} />
      {repeatable && <Button disabled={!live} onClick={() => { void commands.send(question) }}>{texts.chat.tryAgain}</Button>}
    </div>
  )
}

/** The rules use nothing anybody pays for. */
function ReplyUsage ({ message: { usage } }: { message: Message }) {
  const rules = usePageState(({ planner }) => planner?.kind === 'rules')
  const spent = addUsage(nothingSpent, usage)
  return rules || spent.tokens === 0 ? null : <p className='text-xs text-muted tabular-nums'>{texts.usage(spent)}</p>
}
