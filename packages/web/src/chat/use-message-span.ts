import type { Message } from '@cortex/contracts'
import { useState } from 'react'

/** Messages drawn at first; a conversation may hold thousands. */
const firstShown = 40
const shownMore = 200
/** Messages drawn before one that was looked for. */
const before = 10

/** From the first that is drawn up to, and without, `to`; Infinity goes on with what comes. */
interface Span { readonly from: number, readonly to: number }

export interface MessageSpan {
  readonly shown: readonly Message[]
  /** How many stand before and after what is drawn. */
  readonly earlier: number
  readonly later: number
  showEarlier (): void
  showLater (): void
  showNewest (): void
}

/** The part of a conversation that is drawn: its newest end, or what is around the message that was looked for. */
export function useMessageSpan (messages: readonly Message[], wanted: string | null): MessageSpan {
  const [span, setSpan] = useState<Span | null>(null)
  const [gone, setGone] = useState<string | null>(null)
  const from = Math.min(span?.from ?? Infinity, Math.max(0, messages.length - (span ? 1 : firstShown)))
  const to = Math.min(span?.to ?? Infinity, messages.length)
  if (wanted !== gone) {
    setGone(wanted)
    const at = messages.findIndex(({ id }) => id === wanted)
    if (at !== -1 && (at < from || at >= to)) setSpan({ from: Math.max(0, at - before), to: reach(at + firstShown - before, messages.length) })
  }
  return {
    shown: messages.slice(from, to),
    earlier: from,
    later: messages.length - to,
    showEarlier: () => setSpan({ from: Math.max(0, from - shownMore), to: span?.to ?? Infinity }),
    showLater: () => setSpan({ from, to: reach(to + shownMore, messages.length) }),
    showNewest: () => setSpan(null)
  }
}

function reach (to: number, all: number): number {
  return to >= all ? Infinity : to
}
