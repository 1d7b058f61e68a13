import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Span, type SpanOptions } from '@opentelemetry/api'
import { doings, type Act, type ToolkitDoing } from './doings.ts'
import { TaskFault } from './errors.ts'

const tracer = trace.getTracer('cortex')

/** A run of a task: a part of the trace that created the task, however long ago, with a link to the request that had it go on. */
export async function inRunSpan<T> (traceparent: string | undefined, resumedBy: string | undefined, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  const resumed = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent: resumedBy }))
  const options = { kind: SpanKind.CONSUMER, ...(resumed && { links: [{ context: resumed }] }) }
  return await context.with(propagation.extract(ROOT_CONTEXT, { traceparent }), () => inSpan('run task', attributes, work, options))
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
async function inSpan<T> (name: string, attributes: Attributes, work: (span: Span) => Promise<T>, options: SpanOptions = {}): Promise<T> {
  return await tracer.startActiveSpan(name, { attributes, ...options }, async (span) => {
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
