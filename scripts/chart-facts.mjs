// What the chart has to know of the program and cannot ask it: settings with their bounds, files of the operator with their fields, forms of tokens.
import { Master } from '../packages/agents/src/master.ts'
import { Policy } from '../packages/agents/src/policy.ts'
import { ToolkitsFile } from '../packages/agents/src/toolkits/outward/toolkits-file.ts'
import { Prices } from '../packages/contracts/src/index.ts'
import { tokenForms } from '../packages/secrets/src/token-forms.ts'

/** @param parts the schema of the settings of each part */
export function chartFacts (parts) {
  const settings = Object.entries(parts).map(([part, { properties }]) => `${part}:\n${sorted(properties).map(([name, schema]) => `  ${name}: ${JSON.stringify(boundsOf(schema))}\n`).join('')}`)
  const documents = Object.entries({ policy: Policy, toolkits: ToolkitsFile, prices: Prices, masters: Master }).map(([name, schema]) => `${name}: ${JSON.stringify(fieldsOf(schema))}\n`)
  const forms = [...new Set(tokenForms.filter(([, , , test]) => test === undefined).flatMap(([, , pattern]) => linear(pattern) ?? []))]
  return {
    'settings.yaml': `# Made by npm run docs: the settings each part reads, and what they may be.\n${settings.join('')}`,
    'documents.yaml': `# Made by npm run docs: the fields of the operator's files, and those that have to be there.\n${documents.join('')}`,
    'token-forms.yaml': `# Made by npm run docs: forms by which tokens are known, as helm can look for them.\nforms:\n${forms.map((form) => `  - ${JSON.stringify(form)}\n`).join('')}`
  }
}

function sorted (properties) {
  return Object.entries(properties).sort(([a], [b]) => a < b ? -1 : 1)
}

function boundsOf ({ type = 'string', anyOf, enum: values = anyOf?.map((each) => each.const), minimum, maximum, minLength, maxLength, pattern, format }) {
  return { type, values, minimum, maximum, minLength, maxLength, pattern: format === 'http-url' ? '^https?://[^/?#\\s]' : pattern }
}

/** A field with a default may be left out. */
function fieldsOf ({ properties, required = [] }) {
  return { known: Object.keys(properties), required: required.filter((name) => properties[name].default === undefined) }
}

/** The same in the expressions of Go, which look at nothing around a match and count to 1000; undefined where that is not enough. */
function linear ({ source, flags }) {
  const text = source
    .replaceAll(/\(\?<!(\[[^\]]+\]|\\d)(?:\{\d\})?\)/g, (_all, set) => `(?:^|${inverse(set)})`)
    .replaceAll(/\(\?!(\[[^\]]+\])\)/g, (_all, set) => `(?:$|${inverse(set)})`)
    .replaceAll(/\{(\d+),(\d+)\}/g, (all, least, most) => Number(most) < 100 ? all : `{${least},}`)
  if (/\(\?[=!<]/.test(text)) return undefined
  const modes = flags.replaceAll(/[^im]/g, '')
  return modes === '' ? text : `(?${modes}:${text})`
}

function inverse (set) {
  return set === '\\d' ? '[^0-9]' : `[^${set.slice(1)}`
}
