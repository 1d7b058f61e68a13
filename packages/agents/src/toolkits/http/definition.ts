import { Type, type Static } from '@sinclair/typebox'
import { Masters, strict } from '../outward/definition.ts'
import { parseAllowed } from './allow-list.ts'

export const HttpDefinition = Type.Object({
  masters: Masters,
  allow: Type.Array(Type.Object({
    url: Type.String({ minLength: 1, maxLength: 500, description: 'An http or https address; it and all below its path may be read. The host may begin with *.' }),
    private: Type.Boolean({ default: false, description: 'Whether it may lead to an address that is not of the public internet' })
  }, strict), { minItems: 1, maxItems: 200 }),
  timeout_seconds: Type.Integer({ minimum: 1, maximum: 120, default: 20, description: 'For one read with all its redirects' }),
  max_bytes: Type.Integer({ minimum: 1_000, maximum: 10_000_000, default: 1_000_000, description: 'What is read of one answer' })
}, strict)
export type HttpDefinition = Static<typeof HttpDefinition>

export function httpFaults ({ allow }: HttpDefinition): string[] {
  return allow.flatMap(({ url }, index) => {
    const parsed = parseAllowed(url)
    return typeof parsed === 'string' ? [`http.allow.${index}.url: ${parsed}`] : []
  })
}
