import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { createLogger } from '@cortex/service'

/** A logger whose lines can be awaited. */
export function listenToLog () {
  const output = new PassThrough()
  const lines: Array<{ msg: string, level: string, files?: string[], rebuilt?: number }> = []
  const reader = createInterface({ input: output })
  reader.on('line', (line) => { lines.push(JSON.parse(line)) })
  return {
    logger: createLogger({ level: 'info', name: 'test' }, output),
    async line (message: RegExp) {
      for (;;) {
        const found = lines.find(({ msg }) => message.test(msg))
        if (found) return found
        await once(reader, 'line')
      }
    }
  }
}
