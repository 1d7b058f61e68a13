import { groupsIn, matchesWhole, patternFault } from '../pattern.ts'
import type { Tool } from '../toolkit.ts'
import type { RunbookDefinition } from './definition.ts'
import { checkTemplate } from './template.ts'

export type KnownTool = Pick<Tool, 'name' | 'kind' | 'input'>

/** What every template sees beside inputs and findings. */
const given = ['folder', 'task']

/** What is wrong with a runbook that its schema cannot tell, each as `field: what is wrong`. */
export function runbookFaults ({ inputs, steps, result }: RunbookDefinition, templates: ReadonlyMap<string, string>, tools: readonly KnownTool[]): string[] {
  const known = [...given, ...Object.keys(inputs)]
  const faults: string[] = []
  for (const [index, step] of steps.entries()) {
    const tool = tools.find(({ name }) => name === step.tool)
    if (tool) faults.push(...argumentFaults(`steps.${index}.with`, step.with, tool))
    else if (!(step.optional && isOfAbsentToolkit(step.tool, tools))) faults.push(`steps.${index}.tool: there is no tool ${step.tool}; there are ${tools.map(({ name }) => name).join(', ')}`)
    if (step.require) faults.push(...templateFault(`steps.${index}.require.value`, step.require.value, known))
    faults.push(...valueFaults(`steps.${index}.with`, step.with, templates, known))
    if (step.optional && tool?.kind === 'change') faults.push(`steps.${index}.optional: ${step.tool} plans a change, which is made or not by who approves it`)
    if (step.as === undefined) continue
    if (known.includes(step.as)) faults.push(`steps.${index}.as: ${step.as} is the name of something else already`)
    if (tool?.kind === 'change') faults.push(`steps.${index}.as: ${step.tool} plans a change and finds nothing to be named`)
    known.push(step.as)
  }
  return [...faults, ...templateFault('result.summary', result.summary, known), ...templateFault('result.report', result.report ?? '', known)]
}

/** A tool's name begins with its toolkit's; where others of that are known, the name is only misspelt. */
function isOfAbsentToolkit (name: string, tools: readonly KnownTool[]): boolean {
  const prefix = `${name.split('_')[0]}_`
  return !tools.some((tool) => tool.name.startsWith(prefix))
}

/** `{template: file}` is the only mapping with that one key; anything else is passed on as it stands. */
export function templateNamed (value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || Object.keys(value).length !== 1) return undefined
  return 'template' in value && typeof value.template === 'string' ? value.template : undefined
}

export function templatesIn (value: unknown): string[] {
  const name = templateNamed(value)
  if (name !== undefined) return [name]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(templatesIn) : []
}

/** The same of its inputs, whose patterns are compiled for it. */
export function inputsFaults ({ inputs }: RunbookDefinition): string[] {
  return Object.entries(inputs).flatMap(([name, input]) => inputFaults(`inputs.${name}`, name, input))
}

function inputFaults (field: string, name: string, { pattern, find, default: fallback }: RunbookDefinition['inputs'][string]): string[] {
  const faults = given.includes(name) ? [`${field}: ${name} is the name of something else already`] : []
  const bad = [['pattern', pattern], ['find', find]].flatMap(([part, text = '']) => {
    const fault = patternFault(text)
    return fault === undefined ? [] : [`${field}.${part}: ${fault}`]
  })
  if (bad.length > 0) return [...faults, ...bad]
  if (find !== undefined && groupsIn(find) === 0) faults.push(`${field}.find: has no group, so nothing would be taken from what it finds`)
  if (!matchesWhole(pattern, fallback)) faults.push(`${field}.default: does not fit the pattern`)
  return faults
}

function argumentFaults (field: string, given: Record<string, unknown>, { name, input }: KnownTool): string[] {
  const fields = Object.keys(input.properties)
  return [
    ...Object.keys(given).filter((key) => !fields.includes(key)).map((key) => `${field}.${key}: ${name} takes no such argument, ${fields.length === 0 ? 'in fact none' : `only ${fields.join(', ')}`}`),
    ...(input.required ?? []).filter((key) => !(key in given)).map((key) => `${field}.${key}: ${name} needs it`)
  ]
}

/** Every text in the arguments is a template, and so is every file they name. */
function valueFaults (field: string, value: unknown, templates: ReadonlyMap<string, string>, known: readonly string[]): string[] {
  if (typeof value === 'string') return templateFault(field, value, known)
  const name = templateNamed(value)
  if (name !== undefined) {
    const text = templates.get(name)
    return text === undefined ? [`${field}: there is no file ${name} beside it`] : templateFault(name, text, known)
  }
  return value !== null && typeof value === 'object' ? Object.entries(value).flatMap(([key, each]) => valueFaults(`${field}.${key}`, each, templates, known)) : []
}

function templateFault (field: string, text: string, known: readonly string[]): string[] {
  const fault = checkTemplate(text, known)
  return fault === undefined ? [] : [`${field}: ${fault}`]
}
