import { isConsent, readRemark } from './remarks.ts'

/** Ends a reply that offers to turn what was said into a task; "yes" accepts it. */
export const offer = 'Shall I make it a task?'
/** Ends a reply about work that was to wait for what the rules cannot watch; "yes" starts it. */
export const offerNow = 'Shall I start now?'
/** Begins a reply that asks which task is meant, by what is to be done with it. */
export const whichOne = { cancel: 'Which task shall I cancel?', retry: 'Which task shall I retry?' } as const

export function offersTask (answer: string): boolean {
  return answer.includes(offer) || answer.includes(offerNow)
}

/** "The second one", said to "Which task shall I cancel?", is "cancel the second one". */
export function restate (ask: string, lastAnswer: string): string {
  for (const [verb, question] of Object.entries(whichOne)) {
    if (lastAnswer.includes(question) && ask.length < 120 && !ask.includes('\n') && !readRemark(ask) && !isConsent(ask) && !ask.toLowerCase().includes(verb)) return `${verb} ${ask}`
  }
  return ask
}
