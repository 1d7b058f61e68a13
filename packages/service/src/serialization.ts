import fastJsonStringify from 'fast-json-stringify'
import type { FastifySerializerCompiler } from 'fastify'

type Serialize = (value: unknown) => string

/** A schema is compiled once in a process, whoever answers by it. */
const compiled = new WeakMap<object, Serialize>()

/** What Fastify does by itself, but at the first answer and once for all services of a process: together a third of what an orchestrator's start took (290 of 920 ms, with the validators). */
export function createSerializerCompiler (): FastifySerializerCompiler<object> {
  return ({ schema }) => {
    let serialize = compiled.get(schema)
    return (value) => {
      if (!serialize) {
        serialize = compiled.get(schema) ?? fastJsonStringify(schema) as Serialize
        compiled.set(schema, serialize)
      }
      return serialize(value)
    }
  }
}
