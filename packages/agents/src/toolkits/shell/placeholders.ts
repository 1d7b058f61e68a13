/** Where a value goes in an argument: `{name}`. */
export const placeholder = /\{([a-z][a-z0-9_]*)\}/g

export function placeholdersIn (part: string): string[] {
  return [...part.matchAll(placeholder)].map(([, name]) => name!)
}

/** The name of the placeholder that is all of an argument. */
export function solePlaceholder (part: string): string | undefined {
  const [name] = placeholdersIn(part)
  return name !== undefined && part === `{${name}}` ? name : undefined
}
