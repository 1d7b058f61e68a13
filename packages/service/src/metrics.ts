import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { eventStreams } from './event-stream.ts'
import { version } from './version.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What `/metrics` tells; parts of a service add theirs. */
    metrics: Registry
  }
}

/** From an answer out of memory to one that waits for a model. Seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export interface MetricsOptions {
  /** What another part of this process tells, which has no server of its own. */
  beside?: Registry | undefined
}

/** `GET /metrics` as Prometheus reads it: the process, and every request by route, method and status. Streams and long polls are not counted, they last as long as somebody waits. */
async function metrics (app: FastifyInstance, { beside }: MetricsOptions) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  // Named as OpenTelemetry's conventions for HTTP are by its Prometheus exporter.
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'From a request to the end of its answer',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets,
    registers: [registry]
  })
  registry.registerMetric(new Gauge({ name: 'cortex_build_info', help: 'Always 1; the label is the version of Cortex that runs', labelNames: ['version'], registers: [], collect () { this.set({ version }, 1) } }))
  registry.registerMetric(new Gauge({ name: 'cortex_event_streams', help: 'Open event streams of this process', registers: [], collect () { this.set(eventStreams.open()) } }))
  registry.registerMetric(new Counter({
    name: 'cortex_event_streams_dropped_total',
    help: 'Readers of event streams of this process that were too slow and were sent away; they come back',
    registers: [],
    collect () {
      this.reset()
      this.inc(eventStreams.dropped())
    }
  }))
  app.decorate('metrics', registry)
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route, config: { traced } = {} } = request.routeOptions
    if (route !== undefined && traced !== false) duration.observe({ http_request_method: request.method, http_route: route, http_response_status_code: reply.statusCode }, reply.elapsedTime / 1_000)
    done()
  })
  app.get('/metrics', { config: { access: 'viewer', traced: false }, schema: { hide: true } }, async (_request, reply) => reply.type(registry.contentType).send((await Promise.all([registry, ...beside ? [beside] : []].map((each) => each.metrics()))).join('\n')))
}

export default fp<MetricsOptions>(metrics, { name: 'metrics' })
