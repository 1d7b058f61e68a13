import type { Aside } from '../asides.ts'
import type { Plan } from '../plan.ts'
import { bold, listOf, plain } from './wording.ts'

/** Parts of one kind that are told by their words; of more only the number. */
const mostTold = 5
const longest = 160

/** What of a message that asked for something was not started, so that no part of it is lost unseen. */
export function describeAsides ({ asides, takenBack }: Plan): string {
  const of = (kind: Aside['kind']): string => {
    const words = asides.filter((aside) => aside.kind === kind).map((aside) => `“${plain(aside.words, longest)}”`)
    return words.length > mostTold ? `${words.slice(0, mostTold).join(', ')} and ${words.length - mostTold} more` : listOf(words)
  }
  const [told, asked, refused, unclear] = [of('statement'), of('question'), of('refusal'), of('unclear')]
  return [
    describeTakenBack(takenBack),
    refused === '' ? '' : `Not to be done, and passed on to the workers: ${refused}.`,
    told === '' ? '' : `Read as context and not as work: ${told}. Say what is to be done about it if I misread that.`,
    unclear === '' ? '' : `Left out, because I could not place what is meant: ${unclear}. Please name what is meant.`,
    asked === '' ? '' : `I plan by rules and cannot answer the question ${asked}.`
  ].filter(Boolean).join('\n\n')
}

export function describeTakenBack (takenBack: readonly string[]): string {
  return takenBack.length === 0 ? '' : `You took back ${listOf(takenBack.map((what) => bold(what)))}, so ${takenBack.length === 1 ? 'it was' : 'they were'} not started.`
}
