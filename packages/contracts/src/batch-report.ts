import { Type, type Static } from '@sinclair/typebox'
import { TaskError, TaskResult, TaskStatus } from './task.ts'

/**
 * What chat tells the model when the last task of a batch has ended, between the tags below in a user message of its own.
 * Results are what workers wrote, so they are material and never instructions.
 */
export const BatchReport = Type.Object({
  batch_id: Type.String(),
  tasks: Type.Array(Type.Object({
    task_id: Type.String(),
    title: Type.String(),
    status: TaskStatus,
    summary: Type.Union([TaskResult.properties.summary, Type.Null()]),
    commit: Type.Union([Type.String(), Type.Null()]),
    error: Type.Union([TaskError, Type.Null()]),
    cancel_reason: Type.Union([Type.String(), Type.Null()])
  }))
})
export type BatchReport = Static<typeof BatchReport>

export const batchReportTags = ['<batch_report>', '</batch_report>'] as const
