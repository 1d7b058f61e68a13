import { statfs } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'

export interface Machine {
  cpu: string
  cores: number
  memory_gb: number
  node: string
  system: string
  /** Of the folder everything is written to. In memory an fsync costs nothing. */
  file_system: string
  /** Of the last minute, at the start. Above what the benchmark itself adds, somebody else was at work. */
  load: number
}

/** From linux/magic.h. */
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4', 0x58465342: 'xfs', 0x9123683e: 'btrfs', 0x01021994: 'tmpfs (memory)', 0x794c7630: 'overlay', 0x2fc12fc1: 'zfs', 0x6969: 'nfs'
}

/** What the figures were taken on. */
export async function describeMachine (folder: string): Promise<Machine> {
  const { type } = await statfs(folder)
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    system: `${platform()} ${release()}`,
    file_system: fileSystems[type] ?? `type 0x${type.toString(16)}`,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100
  }
}
