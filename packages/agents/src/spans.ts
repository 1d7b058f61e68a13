import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api'
import { doings, type Act, type ToolkitDoing } from './doings.ts'
import { TaskFault } from './errors.ts'

const tracer = trace.getTracer('cortex')

/** A run of a task: a part of the trace that created the task, however long ago. */
export async function inRunSpan<T> (traceparent: string | undefined, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return await context.with(propagation.extract(ROOT_CONTEXT, { traceparent }), () => inSpan('run task', attributes, work, SpanKind.CONSUMER))
}

/** What a toolkit does, traced and told to whoever counts. */
export async function inToolSpan<T> (act: Act, toolkit: string, tool: string | null, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const tell = (outcome: ToolkitDoing['outcome']) => doings.toolkit.publish({ toolkit, act, outcome, seconds: (performance.now() - began) / 1_000 } satisfies ToolkitDoing)
  try {
    const result = await inSpan(`${act} ${tool ?? toolkit}`, { 'cortex.act': act, 'cortex.toolkit': toolkit, ...(tool !== null && { 'gen_ai.tool.name': tool }) }, work)
    tell('done')
    return result
  } catch (error) {
    tell('failed')
    throw error
  }
}

/** Attributes hold names, ids and counts, never what somebody wrote; of an error its code. */
async function inSpan<T> (name: string, attributes: Attributes, work: (span: Span) => Promise<T>, kind = SpanKind.INTERNAL): Promise<T> {
  return await tracer.startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof TaskFault ? error.code : 'CTX_WORKER_FAILED' })
      throw error
    } finally {
      span.end()
    }
  })
}
