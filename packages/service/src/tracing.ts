import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { context, propagation, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'

export interface TracingOptions {
  /** Base address of an OTLP collector, as <http://127.0.0.1:4318>. Its headers come from OTEL_EXPORTER_OTLP_HEADERS, which the exporter reads. */
  endpoint: string
  /** `service.name` of everything this process tells. */
  service: string
  /** The part of new traces that is kept, 0 to 1; one that came from elsewhere is kept as it says itself. */
  ratio: number
  /** Takes secrets out of an address. */
  redact?: ((text: string) => string) | undefined
}

/** Milliseconds until finished spans are sent; in one go at the end of the process. */
const sendInterval = 1_000
/** Milliseconds that a process which ends waits for a collector that does not answer. */
const patience = 2_000

/**
 * Sends spans to a collector, in OTLP as JSON over HTTP, and hands the context on with every request this process makes: W3C `traceparent`.
 * Loaded only where an endpoint is named: its modules cost some 10 MB. A collector that is away loses its spans and disturbs nothing else.
 */
export function startTracing ({ endpoint, service, ratio, redact = (text) => text }: TracingOptions): { close: () => Promise<void> } {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: patience })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': `${process.pid}` }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: sendInterval })]
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  const instrumentation = new UndiciInstrumentation({
    requireParentforSpans: true,
    // The heartbeat of a run comes twice a second, and a stream lasts as long as its reader.
    ignoreRequestHook: ({ path }) => path.startsWith('/v1/leases') || path.startsWith('/v1/events'),
    // A query may hold anything.
    startSpanHook: ({ origin, path }) => {
      const { href, pathname } = new URL(path.split('?')[0] ?? '/', origin)
      return { 'url.full': redact(href), 'url.path': redact(pathname), 'url.query': '' }
    }
  })
  instrumentation.setTracerProvider(provider)
  return {
    async close () {
      instrumentation.disable()
      await provider.shutdown().catch(() => {})
    }
  }
}
