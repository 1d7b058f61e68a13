import { execFileSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder, type TestOwner } from '../workspace.ts'

export interface DeadlyGit {
  /** A PATH that finds it first. */
  path: string
  /** From here on it kills who calls it, at the point of this number: before each command, and also right after each that changes something. */
  arm (point: number): Promise<void>
  disarm (): Promise<void>
}

/** A git that does its work, and when armed kills who called it at one point. */
export async function deadlyGit (t: TestOwner): Promise<DeadlyGit> {
  const folder = await temporaryFolder(t)
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const [armed, count] = [join(folder, 'armed'), join(folder, 'count')]
  await writeFile(join(folder, 'git'), `#!/bin/sh
[ -e "${armed}" ] || exec "${real}" "$@"
point () {
  echo >> "${count}"
  [ "$(wc -l < "${count}")" -lt "$(cat "${armed}")" ] || { kill -9 "$PPID"; exit 1; }
}
point
case "$*" in
  *\\ commit-tree\\ *|*\\ update-ref\\ *|*\\ update-index\\ *) "${real}" "$@"; status=$?; point; exit $status;;
esac
exec "${real}" "$@"
`, { mode: 0o755 })
  const disarm = async () => {
    await rm(armed, { force: true })
    await rm(count, { force: true })
  }
  return {
    path: `${folder}:${process.env.PATH}`,
    disarm,
    async arm (point) {
      await disarm()
      await writeFile(armed, String(point))
    }
  }
}
