import type { Command } from '../command.ts'
import { approvalsApprove, approvalsDeny, approvalsList, approvalsShow } from './approvals.ts'
import { ask } from './ask.ts'
import { auditExport, auditVerify } from './audit.ts'
import { backup, restore } from './backup.ts'
import { completion } from './completion.ts'
import { doctor } from './doctor.ts'
import { importFiles } from './import.ts'
import { tasksCancel, tasksRetry, tasksRollback } from './task-changes.ts'
import { tasksLogs } from './task-logs.ts'
import { tasksGet, tasksList } from './tasks.ts'

/** The table of commands, in the order help tells them. */
export const commands: readonly Command[] = [
  ask,
  tasksList, tasksGet, tasksLogs, tasksCancel, tasksRetry, tasksRollback,
  approvalsList, approvalsShow, approvalsApprove, approvalsDeny,
  auditExport, auditVerify,
  importFiles,
  backup, restore,
  doctor,
  completion
]
