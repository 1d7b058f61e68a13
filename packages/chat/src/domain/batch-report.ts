import { batchReportTags, type BatchReport, type Task } from '@cortex/contracts'

/** What the model is told when a batch has ended. `<` is escaped, so nothing a worker wrote can close the tag. */
export function reportBatch (batchId: string, tasks: readonly Task[]): string {
  const report: BatchReport = {
    batch_id: batchId,
    tasks: tasks.map(({ id, payload, status, result, error, metadata }) => ({
      task_id: id,
      title: payload.title,
      status,
      summary: result?.summary ?? null,
      commit: result?.commit ?? null,
      error,
      cancel_reason: metadata.cancel_reason ?? null
    }))
  }
  return `${batchReportTags[0]}${JSON.stringify(report).replaceAll('<', '\\u003c')}${batchReportTags[1]}`
}
