import { accessSync, constants, existsSync, mkdirSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { FolderUnusable } from './errors.ts'

/** File systems of the Linux kernel that show folders in which nobody, root neither, can make anything: proc and sysfs. */
const kernelFileSystems = [0x9fa0, 0x62656572]

/**
 * Makes a folder that a setting names, with those above it, each with the mode. Level by level: Node's own `recursive` never returns where a
 * file system has folders but lets nobody make any, as /proc.
 * @param setting the variable a person has to change
 * @throws CTX_FOLDER_UNUSABLE
 */
export function makeFolder (path: string, setting: string, mode = 0o777): void {
  try {
    make(path, mode)
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new FolderUnusable(setting, path, error instanceof Error && 'code' in error ? String(error.code) : String(error))
  }
}

/**
 * Whether such a folder could be made, or is there and can be written to. Makes nothing.
 * @throws CTX_FOLDER_UNUSABLE
 */
export function checkFolder (path: string, setting: string): void {
  try {
    let nearest = path
    while (!existsSync(nearest) && nearest !== dirname(nearest)) nearest = dirname(nearest)
    if (!statSync(nearest).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
    accessSync(nearest, constants.W_OK | constants.X_OK)
    if (process.platform === 'linux' && kernelFileSystems.includes(statfsSync(nearest).type)) throw Object.assign(new Error(), { code: 'EROFS' })
  } catch (error) {
    throw new FolderUnusable(setting, path, error instanceof Error && 'code' in error ? String(error.code) : String(error))
  }
}

function make (path: string, mode: number): void {
  if (existsSync(path)) return
  const above = dirname(path)
  if (above !== path) make(above, mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have been a moment earlier.
    if (!existsSync(path)) throw error
  }
}
