import { readFile } from 'node:fs/promises'
import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { parseDocument } from 'yaml'
import { DefinitionFault, definitionUnreadable } from './errors.ts'

/** A choice of words, in the form TypeBox can check by itself. */
export function choice<const T extends readonly string[]> (values: T) {
  return Type.Unsafe<T[number]>(Type.Union(values.map((value) => Type.Literal(value))))
}

/** Everything wrong with a value, each as `field: what is wrong`; empty when it fits. */
export function faultsOf (schema: TSchema, value: unknown): string[] {
  return [...Value.Errors(schema, value)].slice(0, 20).map(({ path, message }) => `${path.slice(1).replaceAll('/', '.') || 'the whole'}: ${message}`)
}

/**
 * Reads a definition an operator may have written.
 * @param setting the variable that names the file
 * @throws DefinitionFault naming the file and each field at fault, CTX_DEFINITION_INVALID naming the variable
 */
export async function readDefinition<T extends TSchema> (schema: T, file: string, setting: string): Promise<Static<T>> {
  const document = parseDocument(await readable(setting, file, 'a file', () => readFile(file, 'utf8')), { uniqueKeys: true })
  if (document.errors.length > 0) throw new DefinitionFault(file, document.errors.map(({ message }) => message))
  const value = Value.Default(schema, document.toJS({ maxAliasCount: 20 }))
  const faults = faultsOf(schema, value)
  if (faults.length > 0) throw new DefinitionFault(file, faults)
  return value as Static<T>
}

/** Reads what a setting names. @throws CTX_DEFINITION_INVALID naming the variable */
export async function readable<T> (setting: string, path: string, wanted: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw definitionUnreadable(setting, path, (error as NodeJS.ErrnoException).code ?? String(error), wanted)
  }
}
