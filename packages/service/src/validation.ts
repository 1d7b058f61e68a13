import type { Fault } from '@cortex/contracts'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'

/** TypeBox's types judge the schemas; to judge them again at the start by a schema of schemas took 45 ms for each of the two. */
const common = { validateSchema: false, allErrors: true, removeAdditional: false, useDefaults: true, allowUnionTypes: true, strictTypes: false, addUsedSchema: false, verbose: true } as const

const strict = new Ajv({ ...common, coerceTypes: false })
const fromText = new Ajv({ ...common, coerceTypes: 'array' })
/** A schema is compiled once in a process, whoever validates by it, and when it is first needed: see serialization.ts. */
const compiled = new Map([strict, fromText].map((ajv) => [ajv, new WeakMap<object, ValidateFunction>()]))

function validatorOf (ajv: Ajv, schema: object): ValidateFunction {
  const known = compiled.get(ajv)?.get(schema)
  if (known) return known
  const validate = ajv.compile(schema)
  compiled.get(ajv)?.set(schema, validate)
  return validate
}

/**
 * Bodies are JSON and have types, so nothing is coerced there: a number for a title is refused. What comes in a URL or a header is text
 * and is read as the schema says.
 */
export function createValidatorCompiler (): FastifySchemaCompiler<object> {
  return ({ schema, httpPart }) => {
    const ajv = httpPart === 'body' ? strict : fromText
    const validate = (value: unknown): boolean => {
      const misspelt = ajv === fromText ? misspeltNumbers(schema, value) : []
      const now = validatorOf(ajv, schema)
      const valid = now(value)
      validate.errors = misspelt.length > 0 ? [...misspelt, ...now.errors ?? []] : now.errors ?? null
      return valid && misspelt.length === 0
    }
    validate.errors = null as ErrorObject[] | null
    return validate
  }
}

/** Texts that coercion would take for a number and nobody means as one: 0x10, 1e3, a blank. */
function misspeltNumbers (schema: { properties?: Record<string, { type?: string }> }, value: unknown): ErrorObject[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, { type }]) => {
    const given = (value as Record<string, unknown> | null)?.[name]
    if ((type !== 'integer' && type !== 'number') || typeof given !== 'string' || /^-?\d+(?:\.\d+)?$/.test(given)) return []
    return [{ keyword: 'type', instancePath: `/${name}`, schemaPath: '', params: { type }, message: `must be ${type === 'integer' ? 'a whole number' : 'a number'} in digits` }]
  })
}

/** Validates a value that is no request part, as a tool's input. Returns the faults, and fills defaults in. */
export function createInputValidator (schema: object, root: string): (value: unknown) => Fault[] {
  return (value) => {
    const validate = validatorOf(strict, schema)
    return validate(value) ? [] : describeSchemaErrors(validate.errors ?? [], root)
  }
}

/** One fault a field, in words that say what would be right. */
export function describeSchemaErrors (errors: readonly ErrorObject[], root: string): Fault[] {
  const faults = new Map<string, Fault>()
  // A wrong type says less than the list of what is allowed.
  for (const error of errors.toSorted((a, b) => Number(a.keyword === 'type') - Number(b.keyword === 'type'))) {
    const { field, message } = describeOne(error)
    const path = [root, field].filter(Boolean).join('.')
    if (!faults.has(path)) faults.set(path, { field: path, message })
  }
  return [...faults.values()].slice(0, 50)
}

function describeOne (error: ErrorObject): Fault {
  const field = error.instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).join('.')
  const below = (name: string) => field ? `${field}.${name}` : name
  const { params } = error as { params: Record<string, unknown> }
  switch (error.keyword) {
    case 'required': return { field: below(String(params.missingProperty)), message: 'is missing' }
    case 'additionalProperties': return { field: below(shorten(String(params.additionalProperty))), message: `is not known here; known are ${Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {}).join(', ')}` }
    case 'enum': return { field, message: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` }
    case 'const': return { field, message: `must be ${JSON.stringify(params.allowedValue)}` }
    case 'minLength': return { field, message: params.limit === 1 ? 'must not be empty' : `must have at least ${params.limit} characters` }
    case 'maxLength': return { field, message: `must have at most ${params.limit} characters` }
    case 'pattern': return { field, message: params.pattern === visibleText ? 'must hold visible text and no NUL' : `must match ${params.pattern}` }
    case 'format': return { field, message: params.format === 'http-url' ? 'must be an address such as http://host:8000' : error.message ?? 'is not valid' }
    default: return { field, message: error.message ?? 'is not valid' }
  }
}

const visibleText = '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$'

function shorten (name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name
}
