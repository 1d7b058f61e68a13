import { readFile } from 'node:fs/promises'
import { platform } from 'node:os'

/** Resident memory of a process in kB, with its threads; null where the system does not tell it in a file. */
export async function residentKilobytes (pid: number): Promise<number | null> {
  if (platform() !== 'linux') return null
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
}

/** What a process has computed so far, in milliseconds, with its threads; null where the system does not tell it in a file. The kernel counts in 10 ms. */
export async function computedMilliseconds (pid: number): Promise<number | null> {
  if (platform() !== 'linux') return null
  // The name of the program, in parentheses, may hold spaces; user and system time are the 12th and 13th field behind it.
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}
