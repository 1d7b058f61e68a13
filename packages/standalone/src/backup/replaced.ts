import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { restoreMark } from '@cortex/service'
import { sync } from './sync.ts'

const stays = /^(lost\+found|replaced-.*|\.restore-.*|(chat-)?lock\.db(-journal)?)$/

/** What is in a folder but for what earlier restores set aside, and for what keeps others out while one is under way. */
export async function contentOf (folder: string): Promise<string[]> {
  return existsSync(folder) ? (await readdir(folder)).filter((name) => name !== restoreMark && !stays.test(name)).map((name) => join(folder, name)) : []
}

/** Moves paths into one folder `replaced-TIME` beside each. Nothing is copied, and nothing lost. */
export async function setAside (paths: readonly string[]): Promise<void> {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '')
  for (const [folder, inIt] of Map.groupBy(paths, (path) => dirname(path))) {
    const aside = join(folder, `replaced-${time}`)
    await mkdir(aside, { mode: 0o700 })
    for (const path of inIt) await rename(path, join(aside, path.slice(folder.length)))
    await sync(folder)
  }
}

/** Whether a path is a file system of its own, which cannot be moved. */
export async function isMount (path: string): Promise<boolean> {
  const [own, around] = await Promise.all([stat(path), stat(dirname(path))])
  return own.dev !== around.dev
}
