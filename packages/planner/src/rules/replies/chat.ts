import type { Remark } from '../remarks.ts'
import { offer } from '../offers.ts'

const what = `Tell me what to do and I turn it into tasks, several at once where they do not depend on each other:

- “Deploy a monitoring stack, configure security scanning and set up CI/CD for staging, in parallel”
- “Upgrade the database, then run the smoke tests”
- “What is the status of the monitoring stack?”, “show all failed tasks”, “cancel the scan”, “retry the failed ones”`

const replies: Readonly<Record<Remark, string>> = {
  greeting: `Hello. ${what}`,
  thanks: 'You are welcome.',
  noted: 'All right.',
  tooLate: 'That corrects something said before, and a task keeps the words it was started with. Nothing was changed. Cancel it, and say in full what you want instead.',
  whether: 'You ask or consider whether to, so nothing was cancelled or tried again. Say plainly that it is to be done, and it is.',
  consent: 'Nothing waits for a yes, so nothing was done. Say in full what is to be done.',
  refusal: 'All right, nothing was started.',
  capabilities: `I am the offline planner: fixed rules, no language model. ${what}\n\nThe policy says which changes are shown to you for approval before they are applied.`,
  identity: 'I am the offline planner of Cortex: fixed rules, no language model. I read requests, split them into tasks and follow them; I cannot converse or explain things.',
  question: 'I plan by rules and have no language model, so I cannot answer that question.',
  statement: 'I read that as something you tell me, not as a request, so I started nothing.',
  unclear: `I could not make out what is to be done. ${what}`
}

/** The answer to a message without work. The most telling part decides. `worth`: it speaks of something that could be looked into. */
export function chat (remarks: readonly Remark[], worth: boolean): string {
  const order: readonly Remark[] = ['tooLate', 'whether', 'consent', 'question', 'unclear', 'capabilities', 'identity', 'refusal', 'statement', 'thanks', 'greeting', 'noted']
  const said = order.find((remark) => remarks.includes(remark)) ?? 'unclear'
  return worth && (said === 'question' || said === 'statement') ? `${replies[said]} ${offer}` : replies[said]
}
