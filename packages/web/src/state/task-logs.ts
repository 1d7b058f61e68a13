import type { LogLine, TaskLog } from '@cortex/contracts'
import type { Api } from '../wire/api.ts'

/** The log of one task from its first line on. */
export interface LogState {
  readonly lines: readonly LogLine[]
  readonly status: 'loading' | 'following' | 'failed'
}

export interface TaskLogs {
  /** Begins to follow a task's log, from its first line. */
  open (taskId: string): void
  close (taskId: string): void
  /** A piece that came over the stream. */
  receive (log: TaskLog): void
  /** Reads what may have been missed, as after a drop. */
  refresh (): void
}

/** Lines kept for one task; a log that is longer is read from a file, not on a page. */
const maxLines = 20_000

export function createTaskLogs (api: Pick<Api, 'get'>, publish: (logs: ReadonlyMap<string, LogState>) => void): TaskLogs {
  let logs: ReadonlyMap<string, LogState> = new Map()
  const reading = new Set<string>()

  function put (taskId: string, log: LogState): void {
    logs = new Map(logs).set(taskId, log)
    publish(logs)
  }

  /** Takes the lines that come next; what is known already is passed over. @returns false when lines between are missing */
  function append ({ task_id: taskId, from, lines }: TaskLog): boolean {
    const known = logs.get(taskId)
    if (!known) return true
    const next = known.lines.length
    if (from > next) return false
    const fresh = lines.slice(next - from)
    if (fresh.length > 0 || known.status !== 'following') put(taskId, { lines: [...known.lines, ...fresh].slice(0, maxLines), status: 'following' })
    return true
  }

  async function read (taskId: string): Promise<void> {
    if (reading.has(taskId)) return
    reading.add(taskId)
    try {
      for (;;) {
        const from = logs.get(taskId)?.lines.length
        if (from === undefined || from >= maxLines) return
        const log = await api.get<TaskLog>(`/v1/tasks/${taskId}/log?from=${from}`)
        append(log)
        if (log.lines.length === 0 || log.from + log.lines.length >= log.total) return
      }
    } catch {
      const known = logs.get(taskId)
      if (known) put(taskId, { ...known, status: 'failed' })
    } finally {
      reading.delete(taskId)
    }
  }

  return {
    open (taskId) {
      if (!logs.has(taskId)) put(taskId, { lines: [], status: 'loading' })
      void read(taskId)
    },
    close (taskId) {
      const rest = new Map(logs)
      rest.delete(taskId)
      logs = rest
      publish(logs)
    },
    receive (log) {
      if (!append(log)) void read(log.task_id)
    },
    refresh () {
      for (const taskId of logs.keys()) void read(taskId)
    }
  }
}
