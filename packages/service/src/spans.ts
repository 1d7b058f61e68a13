import { context, INVALID_SPAN_CONTEXT, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False for what is asked all the time and tells nothing, as a probe or a poll: neither traced nor counted. */
    traced?: boolean
  }
}

const tracer = trace.getTracer('cortex')
const served = new WeakMap<FastifyRequest, { span: Span, within: Context }>()

/** Whether spans go anywhere: a service made before that is not traced, and pays nothing for it. */
export function isTracing (): boolean {
  return propagation.fields().length > 0
}

/** Does what has no span of its own, so that what is logged of it belongs to its caller's trace. */
export function inCallersTrace (request: FastifyRequest, work: () => void): void {
  context.with(propagation.extract(context.active(), request.headers), work)
}

/** One span a request, going on from what its `traceparent` says. */
export function traceRequests (app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { url: route, config: { traced } = {} } = request.routeOptions
    if (traced === false || route === undefined) return inCallersTrace(request, done)
    const parent = propagation.extract(context.active(), request.headers)
    const span = tracer.startSpan(`${request.method} ${route}`, {
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': request.method, 'http.route': route, 'cortex.request_id': request.id }
    }, parent)
    const within = trace.setSpan(parent, span)
    served.set(request, { span, within })
    context.with(within, done)
  })
  // Once more: a body comes by events of its socket, which are in no span.
  app.addHook('preValidation', (request, _reply, done) => {
    const known = served.get(request)
    if (known) context.with(known.within, done)
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const known = served.get(request)
    known?.span.setAttribute('http.response.status_code', reply.statusCode)
    if (reply.statusCode >= 500) known?.span.setStatus({ code: SpanStatusCode.ERROR })
    known?.span.end()
    done()
  })
}

const untraced = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

/** Does work within a span of its own. Attributes hold names, ids and counts, never what somebody wrote. */
export async function inSpan<T> (name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  if (!isTracing()) return await work(untraced)
  return await tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) })
      throw error
    } finally {
      span.end()
    }
  })
}

/** What hands the present trace on to whoever goes on with the work later; null where nothing is traced. */
export function traceparent (): string | null {
  if (!isTracing()) return null
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent ?? null
}

/** Does work as a part of the trace that was handed on, in place of the present one; by itself where none was. */
export async function continueTrace<T> (handedOn: string | null | undefined, work: () => Promise<T>): Promise<T> {
  return await context.with(propagation.extract(ROOT_CONTEXT, { traceparent: handedOn ?? undefined }), work)
}

/** A message may hold anything; a code does not. */
function codeOf (error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'CTX_INTERNAL'
}
