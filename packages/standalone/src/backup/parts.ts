import { join } from 'node:path'

/**
 * What a backup holds, in the order it is copied. Each part may be newer than those before it and never older: conversations catch up on the tasks they
 * missed, and a change that is found committed is not made again; tasks a conversation is ahead of, or a commit a task names and nobody has, would be lost.
 * Sessions and API tokens depend on none of them.
 */
export const partNames = ['access', 'chat', 'tasks', 'workspace'] as const
export type PartName = typeof partNames[number]

/** Parts that are in the database instead where there is one. */
export const inDatabase: readonly PartName[] = ['access', 'chat', 'tasks']

/** The name of a part within the backup; of the stores in the data folder as well. */
export const partFiles: Readonly<Record<PartName, string>> = { access: 'access.db', chat: 'chat.db', tasks: 'tasks.db', workspace: 'workspace.bundle' }

export interface Place {
  /** The data folder. */
  home: string
  /** Where the chat's store is: the data folder, or one of its own. */
  chatHome: string
  /** The git repository that workers commit to. */
  workspace: string
  /** The folder of the task files. */
  tasksDir: string
  /** All but the workspace is in PostgreSQL, which is backed up by its own tools. */
  postgres: boolean
}

export type StoreName = Exclude<PartName, 'workspace'>

export function storePath ({ home, chatHome }: Place, name: StoreName): string {
  return join(name === 'chat' ? chatHome : home, partFiles[name])
}

/** Told while something long is under way: what is done, and how far, in bytes. */
export type OnProgress = (step: string, done: number, total: number) => void

export interface Running {
  onProgress?: OnProgress
  /** Ends the work; what was begun is taken away. */
  signal?: AbortSignal | undefined
}
