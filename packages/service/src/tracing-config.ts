import { Type } from '@sinclair/typebox'

/** Settings of every process that can tell of what it does. The names are OpenTelemetry's. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String({ format: 'http-url', description: 'Base address of an OpenTelemetry collector (OTLP over HTTP), as http://collector:4318; without one nothing is traced' })),
  OTEL_SERVICE_NAME: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Name of this process in traces, instead of its own' })),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({ minimum: 0, maximum: 1, default: 1, description: 'Part of the traces begun here that is kept' })
}

interface TracingConfig { OTEL_EXPORTER_OTLP_ENDPOINT?: string, OTEL_SERVICE_NAME?: string, OTEL_TRACES_SAMPLER_ARG: number }

/** Starts what a process does, traced where the settings ask for it: only services made after tracing has begun are. What is left of the traces is sent at the end. */
export async function startTraced<Running extends { close: () => Promise<void> }> (config: TracingConfig, name: string, start: () => Promise<Running>, redact?: (text: string) => string): Promise<Running> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: service = name, OTEL_TRACES_SAMPLER_ARG: ratio } = config
  if (endpoint === undefined) return await start()
  const { startTracing } = await import('./tracing.ts')
  const tracing = startTracing({ endpoint, service, ratio, redact })
  try {
    const running = await start()
    return {
      ...running,
      async close () {
        await running.close()
        await tracing.close()
      }
    }
  } catch (error) {
    await tracing.close()
    throw error
  }
}
