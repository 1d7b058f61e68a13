import type { Draft } from './drafts.ts'
import type { Held } from './held.ts'
import type { TaskRequest } from './requests.ts'
import { Told } from './told.ts'
import type { Token } from './tokens.ts'

/** How much was gathered up to some place of the message. */
export interface Mark {
  drafts: readonly Draft[]
  requests: readonly TaskRequest[]
}

/** What a message was found to ask for, and what it says beside. */
export class Gathered {
  readonly drafts: Draft[] = []
  readonly requests: TaskRequest[] = []
  readonly told: Told
  /** Requests about tasks that are to wait for something. */
  readonly deferred: Held[] = []

  constructor (message: string) {
    this.told = new Told(message)
  }

  /** Requests that would act on tasks. */
  get acting (): readonly TaskRequest[] {
    return this.requests.filter(({ kind }) => kind === 'cancel' || kind === 'retry')
  }

  mark (): Mark {
    return { drafts: [...this.drafts], requests: [...this.requests] }
  }

  /** What was asked for since `mark`, or at all, waits for the person's own answer: by these words it is not sure. Whether anything was. */
  doubt (tokens: readonly Token[], { drafts, requests }: Mark = { drafts: [], requests: [] }, why: 'doubt' | 'lead-in' = 'doubt'): boolean {
    const said = this.told.quote(tokens)
    const made = this.drafts.filter((draft) => !drafts.includes(draft))
    for (const draft of made) {
      if (draft.heldUntil) continue
      draft.heldUntil = { said, why }
      // A yes starts it all the same, and whoever does it has to know.
      draft.description += ` (the person also said: “${said}”)`
    }
    const acting = this.acting.filter((request) => !requests.includes(request))
    for (const request of acting) this.requests.splice(this.requests.indexOf(request), 1)
    this.told.remarks.push(acting.length > 0 ? 'whether' : 'question')
    return acting.length + made.length > 0
  }
}
