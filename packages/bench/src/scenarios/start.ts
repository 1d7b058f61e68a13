import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { residentKilobytes } from '../measure/memory.ts'
import { spread } from '../measure/statistics.ts'
import { row, type Scenario } from '../scenario.ts'
import { startStandalone } from '../standalone.ts'
import { targets } from '../targets.ts'

const rounds = 5
/** How long the process is left alone before its memory is read. Milliseconds. */
const idle = 5_000

/** What `npm start` runs, less npm itself, once the page is built: each time on an empty data folder. */
const start: Scenario = {
  name: 'start',
  about: 'the standalone process on an empty data folder: from its spawn to the line that says ready, and its memory when nothing is asked of it',
  run: async ({ folder, say }) => {
    say('once to build the page')
    await startStandalone(join(folder, 'warm-up'), async () => {})
    const seconds: number[] = []
    const megabytes: number[] = []
    for (let round = 0; round < rounds; round++) {
      say(`start ${round + 1} of ${rounds}, then ${idle / 1_000} s idle`)
      seconds.push(await startStandalone(join(folder, `${round}`), async ({ pid }) => {
        await delay(idle)
        const kilobytes = await residentKilobytes(pid)
        if (kilobytes !== null) megabytes.push(kilobytes / 1_024)
      }) / 1_000)
    }
    const rows = [row('start → ready', 's', spread(seconds), targets.start.ready)]
    if (megabytes.length > 0) rows.push(row(`resident memory, ${idle / 1_000} s idle`, 'MB', spread(megabytes), targets.start.memory))
    return rows
  }
}
export default start
