// Writes the pages of docs/, the list of settings' names and the chart's files that are derived from code. With --check it writes nothing and fails when one is out of date.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAgentMetrics } from '../packages/agents/src/index.ts'
import { AgentsConfig } from '../packages/agents/src/config.ts'
import * as agents from '../packages/agents/src/errors.ts'
import { ChatConfig } from '../packages/chat/src/config.ts'
import { startChat } from '../packages/chat/src/index.ts'
import * as cli from '../packages/cli/src/errors.ts'
import { describeCommands, describeExitCodes, describeSettings } from '../packages/cli/src/describe.ts'
import { CliConfig } from '../packages/cli/src/settings.ts'
import * as turnFaults from '../packages/chat/src/domain/turn-faults.ts'
import * as chat from '../packages/chat/src/errors.ts'
import { OrchestratorConfig } from '../packages/orchestrator/src/config.ts'
import { startOrchestrator } from '../packages/orchestrator/src/index.ts'
import * as taskFaults from '../packages/orchestrator/src/domain/task-faults.ts'
import * as orchestrator from '../packages/orchestrator/src/errors.ts'
import { Config as PlannerConfig } from '../packages/planner/src/config.ts'
import * as planner from '../packages/planner/src/errors.ts'
import { refusedHeaders } from '../packages/service/src/access/settings.ts'
import * as service from '../packages/service/src/errors.ts'
import { tracingSettings } from '../packages/service/src/tracing-config.ts'
import { requestProblems } from '../packages/service/src/problem.ts'
import * as standalone from '../packages/standalone/src/errors.ts'
import { personRoles, rolesFor } from '../packages/contracts/src/index.ts'
import { PlaceConfig } from '../packages/standalone/src/backup/place.ts'
import { StandaloneConfig } from '../packages/standalone/src/config.ts'
import { chartFacts } from './chart-facts.mjs'

const require = createRequire(new URL('../packages/service/package.json', import.meta.url))
const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const parts = { orchestrator: OrchestratorConfig, chat: ChatConfig, agents: { properties: { ...AgentsConfig.properties, ...tracingSettings } }, planner: PlannerConfig }
const pages = { 'errors.md': errors(), 'configuration.md': configuration(), ...settingNames(), ...await served(), 'observability.md': await observability(), 'cli.md': commandLine(), 'decisions/README.md': decisions() }

const stale = Object.entries(pages).filter(([name, text]) => read(name) !== text)
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`docs/${name} is out of date; run npm run docs`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else for (const [name, text] of stale) writeFileSync(join(docs, name), text)

function read (name) {
  try {
    return readFileSync(join(docs, name), 'utf8')
  } catch {
    return ''
  }
}

function errors () {
  const rows = new Map()
  for (const [where, module] of Object.entries({ service, orchestrator, chat, planner, backup: standalone, cortex: cli })) {
    for (const Make of Object.values(module)) {
      if (typeof Make !== 'function' || !(Make.prototype instanceof Error) || Make === cli.UsageFault || Make === cli.ServerRefusal) continue
      const { code, statusCode, message } = Make === service.InputError ? new Make([{ field: '', message: 'the faults, by field' }]) : new Make()
      rows.set(`${code} ${where}`, `| \`${code}\` | ${statusCode} | ${where} | ${cell(message)} |`)
    }
  }
  for (const [code, detail] of Object.values(requestProblems)) rows.set(`${code} service`, `| \`${code}\` | 4xx | service | ${cell(detail)} |`)
  const blank = Object.assign(Object('…'), { join: () => '…' })
  const invalid = new agents.DefinitionFault('…', ['…'])
  for (const [where, faults] of [['a task\'s `error`', [...namedIn(agents), invalid, ...namedIn(taskFaults)]], ['a reply\'s or a call\'s `error`', namedIn(turnFaults)]]) {
    for (const { code, message } of faults) rows.set(`${code} ${where}`, `| \`${code}\` | – | ${where} | ${cell(message)} |`)
  }
  function namedIn (module) {
    return Object.values(module).filter((make) => typeof make === 'function' && !(make.prototype instanceof Error)).map((make) => make(...Array.from({ length: make.length }, () => blank)))
  }
  return `# Errors

Derived from the code by \`npm run docs\`. Every HTTP error is RFC 9457 \`application/problem+json\` with \`code\`, \`detail\`, \`request_id\` and, for input,
\`errors\` by field. \`%s\` and \`…\` stand for what is filled in. A code never changes its meaning. What went wrong inside is \`CTX_INTERNAL\`, 500, and a
request no route can answer otherwise \`CTX_REQUEST_INVALID\`; the page and the command show an answer that is no problem document as \`CTX_UNKNOWN\`.
Where a line says only \`…\`, the reason is told whole by whoever refused. What to do about a symptom: [troubleshooting](troubleshooting.md).

| code | status | from | says |
|---|---|---|---|
${[...rows].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row).join('\n')}
`
}

/** The list all processes hold, and what the chart has to know of each part. */
function settingNames () {
  const of = (...schemas) => [...new Set(schemas.flatMap(({ properties }) => Object.keys(properties)))].sort()
  const all = of(StandaloneConfig, CliConfig, ...Object.values(parts))
  return {
    '../packages/service/src/setting-names.ts': `// Made by npm run docs from the settings of each part.

/** Every setting of every part and of the command: they are often started from one environment. */
export const settingNames: readonly string[] = [
${all.map((name) => `  '${name}'`).join(',\n')}
]
`,
    ...Object.fromEntries(Object.entries(chartFacts(parts)).map(([name, text]) => [`../deploy/helm/cortex/files/${name}`, text])),
    '../deploy/helm/cortex/files/refused-headers.yaml': `# Made by npm run docs: headers by which no proxy names a person.\n${refusedHeaders.map((name) => `- ${name}\n`).join('')}`
  }
}

function configuration () {
  const whole = StandaloneConfig.properties
  const readBy = (name) => Object.keys(parts).filter((part) => name in parts[part].properties).join(', ')
  const standard = (schema) => schema?.default === undefined ? '' : `\`${schema.default}\``
  const row = (name, schema, who) => `| \`${name}\` | ${standard(schema)} | ${who} | ${cell(schema.description ?? '')} |`
  const own = Object.entries(parts).flatMap(([part, { properties }]) => Object.entries(properties)
    .filter(([name, schema]) => !(name in whole) || standard(schema) !== standard(whole[name])).map(([name, schema]) => row(name, schema, part)))
  const head = (who) => `| variable | default | ${who} | meaning |\n|---|---|---|---|`
  return `# Configuration

Derived from the code by \`npm run docs\`; \`npm start -- --help\` prints the same. Environment variables, read once at start; one that is wrong stops the start with its name, and so does one that begins with CORTEX_ and is none of them, and one of these that is there and empty. One that counts for nothing beside the others, as a model without a key, is told in the log and by \`cortex doctor\`. ANTHROPIC_…, KUBE… and OTEL_… are read by others as well, and count as left out when empty, as they have it. The command has [settings of its own](cli.md#settings).

${head('read by')}
${Object.entries(whole).map(([name, schema]) => row(name, schema, readBy(name))).join('\n')}

## One part by itself

Where [parts run alone](operating.md#the-parts-by-themselves), each reads those of the table above that name it, with what is different here.

${head('of')}
${own.join('\n')}
`
}

/** What is known of the services once they run. */
async function served () {
  const home = mkdtempSync(join(tmpdir(), 'cortex-docs-'))
  const running = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
  const talking = await startChat({ home, host: '127.0.0.1', port: 0, orchestratorUrl: running.url, model: { kind: 'rules', baseUrl: running.url, apiKey: 'none', model: 'none' } })
  try {
    return { 'api.md': await api(running, talking), 'access.md': await access(running, talking) }
  } finally {
    await talking.close()
    await running.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** Who may ask which route, as each declares it. */
async function access ({ url, routes }, { routes: chatRoutes }) {
  const listed = await (await fetch(`${url}/mcp`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) })).text()
  const { result: { tools } } = JSON.parse(/^data: (.*)$/m.exec(listed)?.[1] ?? listed)
  const parts = [...personRoles, 'worker', 'service']
  const marks = (level, roles) => level === 'open' ? ['everybody', ...roles.slice(1).map(() => '')] : roles.map((role) => rolesFor(level).includes(role) ? 'yes' : '')
  const table = (what, roles, rows) => `| ${what} | ${roles.join(' | ')} |\n|---|${roles.map(() => '---|').join('')}\n${rows.map(([name, level]) => `| \`${name}\` | ${marks(level, roles).join(' | ')} |`).join('\n')}\n`
  const passed = /^\/v1\/(tasks|approvals|policy|audit|tools|batches)/
  const rowsOf = (list) => list.filter(({ method, url }) => method !== 'OPTIONS' && !url.startsWith('/docs')).map(({ method, url, access }) => [`${method} ${url}`, access])
  return `# Who may do what

Derived from the code by \`npm run docs\`: each route says who may ask where it is registered, a service with a route that does not say so refuses to start, and a test asks every route as every role.
It holds where [sign-in](sign-in.md) is configured; without it, on loopback, everybody may do everything. \`worker\` is who leases tasks, \`service\` the chat, by the service token; the chat takes neither of them.

## The chat

The page's own files are open to everybody, and show nothing of what is stored. \`/v1/tasks\`, \`/v1/approvals\`, \`/v1/batches\`, \`/v1/policy\`, \`/v1/audit\` and \`/v1/tools\` are passed on to the orchestrator with the name and the roles of who asks: its table holds for them.

${table('route', personRoles, rowsOf(chatRoutes.filter(({ url }) => !passed.test(url))))}
## The orchestrator

${table('route', parts, [...rowsOf(routes), ['/docs and what it loads', 'viewer']])}
## Its tools

By \`POST /execute-tool\` and \`POST /mcp\`.

${table('tool', parts, tools.map(({ name, annotations }) => [name, annotations.readOnlyHint ? 'viewer' : 'operator']))}`
}

/** The routes, from the OpenAPI documents the services serve themselves. */
async function api (running, talking) {
  const { tools } = await (await fetch(`${running.url}/v1/tools`)).json()
  const tables = async (url) => {
    const { paths } = await (await fetch(`${url}/openapi.json`)).json()
    const routes = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { summary, tags }]) => ({ path, method: method.toUpperCase(), summary, tag: tags?.[0] ?? 'other' })))
    const groups = [...new Set(routes.map(({ tag }) => tag))].sort()
    return groups.map((tag) => `### ${tag}\n\n| route | what |\n|---|---|\n${routes.filter((route) => route.tag === tag).map(({ method, path, summary }) => `| \`${method} ${path}\` | ${cell(summary ?? '')} |`).join('\n')}\n`).join('\n')
  }
  return `# The API

Derived from the code by \`npm run docs\`. What a program does with it, by curl: [examples](examples.md); streams and how to resume them: [the wire](wire.md); refusals: [errors](errors.md); who may ask what: [roles](access.md).
Chat and orchestrator each serve their part with all schemas as OpenAPI 3.1 at \`/openapi.json\`, the orchestrator also to read and try at \`/docs\`. Bodies are JSON of 1 MB and 64 levels at most; unknown fields are refused by name.

## The chat, port 3000

It also passes \`/v1/tasks\`, \`/v1/approvals\`, \`/v1/batches\`, \`/v1/audit\` and \`/v1/tools\` on to the orchestrator, with the name of who signed in: a program needs one address only.

${await tables(talking.url)}
## The orchestrator, port 8000

${await tables(running.url)}
## The tools of \`POST /execute-tool\`

Body: \`{"tool_name", "tool_input"}\`; the answer is the tool's output. Headers: \`Idempotency-Key\`, \`Cortex-Batch\`, \`Cortex-Conversation\`, \`Cortex-User\`.
With an \`Idempotency-Key\` a create, a retry or a cancel is carried out once: a repeat by the same caller answers as the first did, with the task as it is now, and the same key for anything else, or in another batch or conversation, is 409 \`CTX_IDEMPOTENCY_CONFLICT\`. Tools that read ignore it.

${tools.map(({ name, description, input_schema: schema }) => `### \`${name}\`\n\n${description}\n\n| field | | meaning |\n|---|---|---|\n${Object.entries(schema.properties).map(([field, { description: meaning, enum: values, default: standard }]) => `| \`${field}\` | ${schema.required?.includes(field) ? 'required' : standard === undefined ? '' : `default \`${standard}\``} | ${cell([meaning, values && `one of ${values.join(', ')}`].filter(Boolean).join('; '))} |`).join('\n')}\n`).join('\n')}`
}

/** The table of metrics, from what each part registers when it starts; the rest of the page is written by hand. */
async function observability () {
  const { Registry } = require('prom-client')
  const { registerMetric } = Registry.prototype
  const rows = new Map()
  const home = mkdtempSync(join(tmpdir(), 'cortex-docs-'))
  let part = ''
  Registry.prototype.registerMetric = function (metric) {
    const { name, help, labelNames, constructor } = metric
    if (/^(cortex|http)_/.test(name)) rows.set(name, { type: constructor.name.toLowerCase(), labels: labelNames, help, parts: [...rows.get(name)?.parts ?? [], part] })
    return registerMetric.call(this, metric)
  }
  try {
    part = 'orchestrator'
    const running = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
    part = 'chat'
    const talking = await startChat({ home, host: '127.0.0.1', port: 0, orchestratorUrl: running.url, model: { kind: 'rules', model: 'cortex-rules-1', apiKey: 'offline' } })
    part = 'agents'
    await createAgentMetrics().close()
    await talking.close()
    await running.close()
  } finally {
    Registry.prototype.registerMetric = registerMetric
    rmSync(home, { recursive: true, force: true })
  }
  const table = [...rows].map(([name, { type, labels, help, parts }]) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${parts.join(', ')} | ${cell(help)} |`).join('\n')
  return read('observability.md').replace(/(<!-- metrics -->\n)[\s\S]*(<!-- end of metrics -->)/, (_all, before, after) => `${before}| metric | kind | labels | of | tells |\n|---|---|---|---|---|\n${table}\n${after}`)
}

/** Which decisions there are. Files of one number, or a number that is none, stop it. */
function decisions () {
  const files = readdirSync(join(docs, 'decisions')).filter((name) => name !== 'README.md').sort()
  const numbers = files.map((name) => /^\d{4}(?=-[a-z0-9-]+\.md$)/.exec(name)?.[0])
  const wrong = files.filter((name, index) => numbers[index] === undefined || numbers.indexOf(numbers[index]) !== index)
  if (wrong.length > 0) throw new Error(`docs/decisions: ${wrong.join(', ')} must begin with a number of its own, as 0001-`)
  return `# Decisions

Derived from the pages beside this one by \`npm run docs\`. Each says what was decided, why, and what follows. Numbers are never given twice, and some were never given.

| | decision |
|---|---|
${files.map((name, index) => `| [${Number(numbers[index])}](${name}) | ${cell(/^# (.+)$/m.exec(read(`decisions/${name}`))?.[1] ?? name)} |`).join('\n')}
`
}

function commandLine () {
  return `# The command \`cortex\`

Derived from the table of commands by \`npm run docs\`; \`cortex COMMAND --help\` prints the same, and \`cortex --version\` which Cortex it is. It speaks to the chat of a running Cortex over HTTP; \`audit\`, \`import\`, \`backup\`, \`restore\`
and \`doctor\` read the data folder or the database, whether Cortex runs or not.

\`\`\`sh
npm run --silent cortex -- tasks ls                          # in the checkout; installs what is missing
npx cortex tasks ls                                          # the same, once something was installed
ln -s "$PWD/packages/cli/bin/cortex.mjs" ~/.local/bin/cortex # from anywhere, and with completion
\`\`\`

What was asked for goes to the standard output, everything else to the standard error. Bars and colours are for terminals. What titles, logs and diffs hold of control characters is shown by
number (\`⟨U+001B⟩\`), in JSON escaped, so no task can steer a terminal or hide a line of a diff.

## Settings

${describeSettings()}
| \`CHAT_HOME\` | | ${PlaceConfig.properties.CHAT_HOME.description} |

## Exit codes

${describeExitCodes()}

A reader that has enough, as \`head\`, is no failure: 0.

## Commands

${describeCommands()}`
}

function cell (text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
