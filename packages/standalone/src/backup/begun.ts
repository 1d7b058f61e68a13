import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { begunRestore, checkRestored, restoreMark, unfinishedRestore, type BegunRestore } from '@cortex/service'
import { partNames, type PartName, type Place } from './parts.ts'
import { sync } from './sync.ts'

const everyPart: readonly string[] = partNames

/** Folders in which a start of what reads these parts looks for a restore that did not end. */
function marked ({ home, chatHome, workspace }: Place, names: readonly string[]): string[] {
  const outside = names.includes('workspace') && relative(home, workspace).startsWith('..')
  return [...new Set([home, ...names.includes('chat') ? [chatHome] : [], ...outside ? [dirname(workspace)] : []])]
}

/** @throws CTX_RESTORE_UNFINISHED */
export function refuseUnfinished (place: Place): void {
  for (const folder of marked(place, everyPart)) checkRestored(folder)
}

/**
 * The restore that did not end, which the one that begins now is to finish; null when there is none.
 * @throws CTX_RESTORE_UNFINISHED when this one would leave a part of it as it is, or without `replace` move what that one did not touch
 */
export function unfinished (place: Place, names: readonly PartName[], replace: boolean): BegunRestore | null {
  let found: BegunRestore | null = null
  for (const folder of marked(place, everyPart)) {
    const begun = begunRestore(folder)
    // One that cannot be read is from before the first move: there is nothing to finish.
    if (!begun || begun.parts.length === 0) continue
    if (begun.parts.some((part) => !(names as readonly string[]).includes(part)) || (!replace && names.length > begun.parts.length)) throw unfinishedRestore(begun, folder)
    found = begun
  }
  return found
}

/** Whole and on disk before anything is moved: whoever starts after a kill or a power cut sees it. */
export async function markBegun (place: Place, begun: BegunRestore): Promise<void> {
  for (const folder of marked(place, begun.parts)) {
    // Its name says to a later restore that it is no content.
    const aside = join(folder, `.restore-${restoreMark}`)
    const file = await open(aside, 'w', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(begun, null, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, join(folder, restoreMark))
    await sync(folder)
  }
}

export async function markEnded (place: Place): Promise<void> {
  for (const folder of marked(place, everyPart).filter((path) => existsSync(join(path, restoreMark)))) {
    await rm(join(folder, restoreMark))
    await sync(folder)
  }
}
