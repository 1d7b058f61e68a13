import { readBlocks } from './blocks.ts'
import type { KnownTask } from './conversation.ts'
import type { Aside } from './asides.ts'
import { correct } from './corrections.ts'
import { resolveConditions } from './dependencies.ts'
import type { Draft } from './drafts.ts'
import { partHeld, type Heard, type Held } from './held.ts'
import { normalize } from './normalize.ts'
import { Planning } from './planning.ts'
import { readRemark, withoutSalutation, type Remark } from './remarks.ts'
import type { TaskRequest } from './requests.ts'
import { render, tokenize } from './tokens.ts'
import { unfoldParts } from './parts.ts'

export interface Plan {
  drafts: readonly Draft[]
  requests: readonly TaskRequest[]
  /** What is asked for but cannot start, because the rules cannot see when it should. */
  held: readonly Held[]
  /** Those parts of it that are no work, in the person's words. */
  asides: readonly Aside[]
  /** What the parts without work were. */
  remarks: readonly Remark[]
  /** What the message asked for and took back again. */
  takenBack: readonly string[]
  /** How many tasks were left out because one message asked for too many. */
  dropped: number
}

export const nothing: Plan = { drafts: [], requests: [], held: [], asides: [], remarks: [], takenBack: [], dropped: 0 }

const longestDescription = 16_000
/** Requests about tasks that one message may make. */
const mostRequests = 20

/** "No, stop!" is "stop". */
const refusedFirst = /^(?:oh )?(?:no+|nope|wait|hey)[,!.\s]+(?=(?:please )?(?:stop|halt|abort)(?: (?:it|that|this|everything|all|now|please|them|those))*[\s.!]*$)/i

/** Reads a message as work to do and requests about work under way. `agreed`: the work alone, and at once what was to wait. */
export function planMessage (message: string, known: readonly KnownTask[], agreed = false, heard: Heard = () => null): Plan {
  const { text: said, code } = normalize(message)
  const remark = readRemark(said)
  if (remark) return { ...nothing, remarks: [remark] }
  const text = withoutSalutation(said).replace(refusedFirst, '')
  if (text === '') return { ...nothing, remarks: ['greeting'] }
  const planning = new Planning({
    message: text,
    known,
    parallel: /\b(?:parallel|simultaneously|concurrently|at the same time)\b/i.test(text),
    // "Fix this:" before a block of code means the code.
    attached: tokenize(code.join('\n').slice(0, 300)).filter(({ kind }) => kind === 'word'),
    topic: code.length > 0 ? tokenize('the attached text') : []
  })
  const { blocks, takenBack, tooLate } = correct(readBlocks(text).flatMap(unfoldParts))
  blocks.forEach((block, i) => {
    planning.told.sentence = block.kind === 'list' ? '' : block.said ?? render(block.tokens)
    if (block.kind === 'list') planning.readList(block.items)
    else planning.readSentence(block.tokens, block.question, blocks[i + 1]?.kind === 'list', block.heading ?? 0, block.open)
  })
  resolveConditions(planning.drafts, known)
  planning.settle()
  const { ready, held } = agreed ? { ready: planning.drafts, held: [] } : partHeld(planning.drafts, heard)
  const drafts = withoutRepeats(ready)
  for (const draft of drafts) draft.description = describe(draft.description, planning.told.notes, code)
  return { drafts, requests: agreed ? [] : planning.requests.slice(0, mostRequests), held: [...held, ...planning.deferred], asides: planning.told.asides, remarks: tooLate ? ['tooLate', ...planning.told.remarks] : planning.told.remarks, takenBack: [...takenBack, ...planning.told.takenBack], dropped: planning.dropped }
}

function describe (said: string, notes: readonly string[], code: readonly string[]): string {
  const parts = [said, ...(notes.length > 0 ? [`The person also said: ${notes.join(' ')}`] : []), ...code.map((text) => `\`\`\`\n${text}\n\`\`\``)]
  return parts.join('\n\n').slice(0, longestDescription)
}

/** Saying the same thing twice asks for it once. */
function withoutRepeats (drafts: readonly Draft[]): Draft[] {
  const seen = new Map<string, Draft>()
  for (const draft of drafts) {
    const key = `${draft.title}\n${draft.description.toLowerCase()}`
    if (!seen.has(key)) seen.set(key, draft)
    else for (const other of drafts) if (other.after.delete(draft)) other.after.add(seen.get(key) ?? draft)
  }
  return [...seen.values()]
}
