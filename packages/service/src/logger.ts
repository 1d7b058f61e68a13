import { trace } from '@opentelemetry/api'
import { pino, type DestinationStream, type Logger } from 'pino'
import { toLoggedData } from './logged-data.ts'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

const secretFields = ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'apiKey', 'api_key', 'password', 'token', 'secret', 'ANTHROPIC_API_KEY', 'DATABASE_URL', 'CORTEX_SERVICE_TOKEN', 'CORTEX_WORKER_TOKEN', 'CORTEX_OIDC_CLIENT_SECRET']
const paths = secretFields.flatMap((field) => {
  const key = /^\w+$/.test(field) ? field : `["${field}"]`
  const nested = key.startsWith('[') ? key : `.${key}`
  return [key, `*${nested}`, `*.*${nested}`, `*.*.*${nested}`]
})

interface LoggerOptions {
  level: LogLevel
  name: string
  /** Takes secrets out of a whole line, for processes that see what others wrote. */
  redactLine?: (line: string) => string
}

/** Made into what is logged of them by a serializer, ours or Fastify's. */
const serialized = new Set(['req', 'res', 'err'])

/** The one logger of a process: JSON lines on stdout, times in ISO 8601, secrets replaced. What a line is given is made plain data first, for looking through anything else for secrets may throw. */
export function createLogger ({ level, name, redactLine }: LoggerOptions, destination?: DestinationStream): Logger {
  return pino({
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    // The ids by which a line and its trace are found from each other.
    mixin: () => idsOf(trace.getActiveSpan()?.spanContext()),
    formatters: { level: (label) => ({ level: label }), log: toLoggedLine },
    serializers: { req: toLoggedRequest, err: toLoggedData },
    redact: { paths, censor: '[redacted]' },
    hooks: {
      logMethod ([what, message, ...values], method) { method.call(this, what as never, message, ...values.map((value) => toLoggedData(value))) },
      ...(redactLine && { streamWrite: redactLine })
    }
  }, destination ?? pino.destination({ sync: true }))
}

function toLoggedLine (line: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(line).map(([key, value]) => [key, serialized.has(key) ? value : toLoggedData(value)]))
}

/** Without the query, which may hold what somebody looks for. */
function toLoggedRequest ({ method, url, ip }: { method: string, url: string, ip: string }): object {
  return { method, path: url.split('?')[0], remote_address: ip }
}

function idsOf (span: { traceId: string, spanId: string } | undefined): object {
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }
}
