import { useState } from 'react'
import { texts } from '../texts.ts'

/** From this part of the limit on it is told how much is left. */
const near = 0.9

/** Characters that a text has too many, counted as the server counts them: an emoji is one. Zero for one that may be sent. */
export function excessOf (text: string, most: number): number {
  return Math.max(0, lengthOf(text, most) - most)
}

/** Code points are counted only where they may matter. */
function lengthOf (text: string, most: number): number {
  const wanted = text.trim()
  return wanted.length < most * near ? wanted.length : Array.from(wanted).length
}

/** How long a text is, near its limit and beyond; nothing is cut. A screen reader hears once that it has become too long. */
export function LengthNote ({ text, most }: { text: string, most: number }) {
  const excess = excessOf(text, most)
  const length = lengthOf(text, most)
  const over = excess > 0
  const [said, setSaid] = useState('')
  // Not with each letter: what is said is the excess there was when it became too long.
  if (over !== (said !== '')) setSaid(over ? texts.length.tooLong(excess, most) : '')
  return (
    <>
      {length >= most * near && <p className={`text-sm font-normal tabular-nums ${over ? 'text-failed' : 'text-muted'}`}>{over ? texts.length.tooLong(excess, most) : texts.length.near(length, most)}</p>}
      <span role='status' className='sr-only'>{said}</span>
    </>
  )
}
