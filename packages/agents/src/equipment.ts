import type { Logger } from 'pino'
import { readMasters, type Master } from './master.ts'
import { readRunbooks, type Runbook } from './runbook/runbook.ts'
import type { Toolkit } from './toolkit.ts'

/** What masters work with, as the operator's files have it at one time. */
export interface Equipment {
  toolkits: readonly Toolkit[]
  masters: readonly Master[]
  runbooks: readonly Runbook[]
  /** Does work with it, which is then left in place until the work is over. */
  during<T> (work: () => Promise<T>): Promise<T>
  /** Closes what leads outside, as soon as no work is under way with it. */
  retire (): Promise<void>
}

export interface EquipmentOptions {
  /** Those every agent of this start has. */
  fixed: readonly Toolkit[]
  mastersFolder: string | undefined
  runbooksFolder: string | undefined
  logger: Logger
}

/** A master may name these whether or not they are configured; where they are not, it works without. */
const optionalToolkits = ['kubernetes', 'helm']

/**
 * Opens the toolkits of a file and reads the masters and runbooks that may name their tools.
 * @throws CTX_DEFINITION_INVALID
 */
export async function openEquipment (toolkitsFile: string | undefined, { fixed, mastersFolder, runbooksFolder, logger }: EquipmentOptions): Promise<Equipment> {
  const outward = toolkitsFile === undefined ? null : await (await import('./toolkits/outward/open.ts')).openOutward(toolkitsFile, process.env, logger)
  try {
    // A change set is carried out in this order: what can be undone best comes first.
    const toolkits = [...fixed, ...outward?.toolkits ?? []]
    const runbooks = await readRunbooks(runbooksFolder, toolkits.flatMap(({ tools }) => tools))
    const read = await readMasters(mastersFolder, { toolkits: [...new Set([...toolkits.map(({ id }) => id), ...optionalToolkits])], runbooks: runbooks.map(({ id }) => id) })
    const underWay = new Set<Promise<unknown>>()
    return {
      toolkits,
      runbooks,
      masters: outward?.equip(read) ?? read,
      async during (work) {
        const begun = work()
        underWay.add(begun)
        return begun.finally(() => underWay.delete(begun))
      },
      async retire () {
        while (underWay.size > 0) await Promise.allSettled(underWay)
        await outward?.close()
      }
    }
  } catch (error) {
    // A server that was started would keep this process alive.
    await outward?.close()
    throw error
  }
}
