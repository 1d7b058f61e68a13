import { readFile } from 'node:fs/promises'
import { platform } from 'node:os'

/** Resident memory of a process in kB, with its threads; null where the system does not tell it in a file. */
export async function residentKilobytes (pid: number): Promise<number | null> {
  if (platform() !== 'linux') return null
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
}
