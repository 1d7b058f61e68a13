import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** What Prometheus itself knows of whatever it asks. */
const ofPrometheus = ['up']

/** Dashboard, alerts and documentation speak of metrics that are there, and of all of ours. */
export async function checkMetrics (t: Test, urls: readonly string[]): Promise<void> {
  const read = (path: string) => readFile(`${root}${path}`, 'utf8')
  const texts = await Promise.all(urls.map(async (url) => await (await fetch(`${url}/metrics`)).text()))
  const there = new Map(texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type] as const)))
  const series = new Set([...there].flatMap(([name, type]) => type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]))

  const rules = (parse(await read('deploy/helm/cortex/files/rules.yaml')) as { groups: Array<{ rules: Array<{ alert: string, expr: string }> }> }).groups.flatMap((group) => group.rules)
  const board = JSON.parse(await read('deploy/helm/cortex/files/dashboard.json')) as { panels: Array<{ title: string, targets?: Array<{ expr: string }> }> }
  const queries = [...rules.map(({ alert, expr }) => [alert, expr]), ...board.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr]))] as Array<[string, string]>
  const absent = queries.flatMap(([where, query]) => [...query.matchAll(/\b([a-z]\w*)\{/g)].filter(([, name = '']) => !series.has(name) && !ofPrometheus.includes(name)).map(([, name]) => `${where}: ${name}`))
  t.same(absent, [], 'alerts and dashboard ask for metrics that are there')
  t.equal(queries.filter(([, query]) => !query.includes('{')).length, 0)

  const page = await read('docs/observability.md')
  const table = [...page.matchAll(/^\| `((?:cortex|http)_\w+)` \| (\w+) \|/gm)].map(([, name = '', type = '']) => [name, type])
  t.same(table.sort(), [...there].filter(([name]) => /^(cortex|http)_/.test(name)).sort(), 'the table has all of ours, and no other')
  t.same([...page.matchAll(/\bcortex_\w*[a-z]\b/g)].map(([name]) => name).filter((name) => !there.has(name) && !['cortex_list_agents', 'cortex_get_metrics'].includes(name)), [], 'so has what is written around it')
  t.same([...page.matchAll(/^### (Cortex\w+)$/gm)].map(([, name]) => name), rules.map(({ alert }) => alert), 'each alert says what to do')
}
