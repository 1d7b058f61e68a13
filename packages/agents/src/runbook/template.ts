import { Liquid } from 'liquidjs'

/**
 * `<{ value }>` and `<% tag %>`: the usual `{{ }}` belongs to GitHub workflows and Prometheus alerts, which templates write. An unknown name or
 * filter is an error, no file can be included, and a rendered value is content and nothing more.
 */
const liquid = new Liquid({
  outputDelimiterLeft: '<{',
  outputDelimiterRight: '}>',
  tagDelimiterLeft: '<%',
  tagDelimiterRight: '%>',
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  relativeReference: false,
  templates: {},
  parseLimit: 200_000,
  renderLimit: 2_000,
  memoryLimit: 20_000_000
})

// `<{ files.size | amount: "file" }>`: 1 file, 2 files.
liquid.registerFilter('amount', (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`)

/** @throws when a name is unknown */
export async function render (template: string, values: Record<string, unknown>): Promise<string> {
  return String(await liquid.parseAndRender(template, values))
}

/** What is wrong with a template before it is rendered: its syntax, or a name that none of `known` gives it; undefined when nothing is. */
export function checkTemplate (template: string, known: readonly string[]): string | undefined {
  try {
    const unknown = liquid.globalVariablesSync(template).find((name) => !known.includes(name))
    return unknown === undefined ? undefined : `nothing here is called ${unknown}; there are ${known.join(', ')}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
