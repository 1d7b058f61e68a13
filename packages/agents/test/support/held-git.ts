import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { access, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder, type TestOwner } from '../workspace.ts'

export interface HeldGit {
  /** A PATH that finds it first. */
  path: string
  /** Resolves when a git command is being held. */
  held (): Promise<void>
  letGo (): Promise<void>
}

/** A git that waits before the commit is put in place, until it is let go: a worker caught in mid-step. */
export async function holdGit (t: TestOwner, pattern = '*update-ref*'): Promise<HeldGit> {
  const folder = await temporaryFolder(t)
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const [gate, sign] = [join(folder, 'gate'), join(folder, 'held')]
  await writeFile(gate, '')
  await writeFile(join(folder, 'git'), `#!/bin/sh
case "$*" in ${pattern}) : > "${sign}"; while [ -e "${gate}" ]; do sleep 0.05; done;; esac
exec "${real}" "$@"
`, { mode: 0o755 })
  const letGo = async () => await rm(gate, { force: true })
  t.teardown(letGo)
  const watcher = watch(folder)
  t.teardown(async () => watcher.close())
  return {
    path: `${folder}:${process.env.PATH}`,
    letGo,
    async held () {
      for (;;) {
        const changed = once(watcher, 'change')
        if (await access(sign).then(() => true, () => false)) return
        await changed
      }
    }
  }
}
