import type { Writable } from 'node:stream'

const cells = 24
/** Milliseconds between two pictures of the bar. */
const drawEvery = 100

export interface ProgressBar {
  /** @param done and total, in bytes */
  show (step: string, done: number, total: number): void
  clear (): void
}

/** A bar that draws over itself; nothing at all where nobody looks at a terminal. */
export function createProgressBar (stream: Writable & { isTTY?: boolean }): ProgressBar {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} }
  let drawn = 0
  return {
    show (step, done, total) {
      const now = performance.now()
      if (now - drawn < drawEvery) return
      drawn = now
      const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0
      const full = Math.round(share * cells)
      stream.write(`\r\u001b[2K${step} ${'█'.repeat(full)}${'░'.repeat(cells - full)} ${Math.floor(share * 100)} % of ${bytes(total)}`)
    },
    clear () {
      if (drawn > 0) stream.write('\r\u001b[2K')
      drawn = 0
    }
  }
}

/** A number of bytes as people say it. */
export function bytes (count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
  return `${(count / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`
}
