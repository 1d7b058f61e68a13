import type { KnownTask } from './conversation.ts'
import { findTasks } from './references.ts'
import { isConsent } from './remarks.ts'

/** Ends a reply that offers to have what was said looked into; "yes" starts that, and nothing the words were about. */
export const offer = 'I can have it looked into. Shall I make that a task?'
/** Ends a reply about work that was read and not started; "yes" starts it. */
export const offerNow = 'Shall I start now?'
/** Begins a reply that asks which task is meant, by what is to be done with it. */
export const whichOne = { cancel: 'Which task shall I cancel?', retry: 'Which task shall I retry?' } as const

/** What a "yes" to this answer starts: the last line alone offers, since words of the person may stand above it. */
export function offeredIn (answer: string): 'investigation' | 'work' | null {
  const last = answer.trimEnd()
  return last.endsWith(offer) ? 'investigation' : last.endsWith(offerNow) ? 'work' : null
}

/** "The second one", said to "Which task shall I cancel?", by the ids of the list that question stood over. */
export function restate (ask: string, lastAnswer: string, known: readonly KnownTask[]): string {
  for (const [verb, question] of Object.entries(whichOne)) {
    const at = lastAnswer.indexOf(question)
    if (at === -1 || ask.length > 120 || ask.includes('\n')) continue
    const listed = [...lastAnswer.slice(at).matchAll(/^\d+\. .*\(`(task-[\w-]+)`\)$/gm)].flatMap(([, id]) => known.find((task) => task.id === id) ?? [])
    const meant = chosen(ask, listed.map((task) => ({ ...task, turn: 0 })))
    if (meant.length > 0) return `${verb} ${meant.map(({ id }) => id).join(' ')}`
  }
  return ask
}

function chosen (ask: string, listed: readonly KnownTask[]): readonly KnownTask[] {
  if (isConsent(ask)) return listed.length === 1 ? listed : []
  const said = ask.toLowerCase().replace(/^(?:(?:yes|ok|please|just|only|cancel|retry|i mean|i meant),? )+|(?:,? please)?[\s.!]*$/g, '')
  const { tasks, ambiguous, named } = findTasks(said, listed)
  // "Deploy Redis" is no answer, although a task of the list deploys something too.
  return !named || (ambiguous && !/\b(?:both|all)\b/.test(said)) ? [] : tasks
}
