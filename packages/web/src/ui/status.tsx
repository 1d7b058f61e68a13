import type { TaskStatus } from '@cortex/contracts'
import { Ban, CircleCheck, CircleDashed, CircleX, Hourglass, LoaderCircle, ShieldQuestionMark, type LucideIcon } from 'lucide-react'
import { memo } from 'react'
import { texts } from '../texts.ts'

const icons: Record<TaskStatus, LucideIcon> = {
  queued: CircleDashed,
  waiting: Hourglass,
  in_progress: LoaderCircle,
  awaiting_approval: ShieldQuestionMark,
  completed: CircleCheck,
  failed: CircleX,
  cancelled: Ban
}

export const statusColor: Record<TaskStatus, string> = {
  queued: 'text-quiet',
  waiting: 'text-waiting',
  in_progress: 'text-running',
  awaiting_approval: 'text-asking',
  completed: 'text-done',
  failed: 'text-failed',
  cancelled: 'text-quiet'
}

/** The segment a status takes in the bar that shows how all tasks stand. */
export const statusFill: Record<TaskStatus, string> = {
  queued: 'bg-quiet-stripe',
  waiting: 'bg-waiting-fill',
  in_progress: 'bg-running',
  awaiting_approval: 'bg-asking',
  completed: 'bg-done',
  failed: 'bg-failed',
  cancelled: 'bg-quiet-stripe'
}

/** `turning` where it stands for the task itself: each one that turns is painted sixty times a second, and a task is on the page three times. */
export const StatusIcon = memo(function StatusIcon ({ status, size = 15, turning = false }: { status: TaskStatus, size?: number, turning?: boolean }) {
  const Icon = icons[status]
  return <Icon size={size} strokeWidth={2} aria-hidden className={`shrink-0 ${statusColor[status]} ${turning && status === 'in_progress' ? 'animate-turn' : ''}`} />
})

export const StatusWord = memo(function StatusWord ({ status }: { status: TaskStatus }) {
  return (
    <span className={`flex items-center gap-1.5 text-xs font-medium whitespace-nowrap ${statusColor[status]}`}>
      <StatusIcon status={status} turning />
      {texts.status[status]}
    </span>
  )
})
