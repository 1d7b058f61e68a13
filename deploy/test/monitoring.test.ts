import { readFile } from 'node:fs/promises'
import { parser } from '@prometheus-io/lezer-promql'
import t from 'tap'
import { parse } from 'yaml'
import { chart, noHelm, startHelm } from './support/programs.ts'

interface Rules { groups: Array<{ rules: Array<{ alert: string, expr: string }> }> }

/** Where Prometheus' own grammar stumbles. */
function syntaxFaults (query: string): string[] {
  const faults: string[] = []
  parser.parse(query).iterate({ enter: ({ type, from, to }) => { if (type.isError) faults.push(query.slice(from, to + 20)) } })
  return faults
}

t.test('the chart carries the alerts and the dashboard as they are, narrowed to its release, and scales by a metric they use too', { skip: noHelm }, async (t) => {
  const helm = await startHelm(t)
  const objects = await helm.render({ monitoring: { rules: true, dashboard: true, serviceMonitor: true }, workers: { pools: [{ name: 'all', autoscaling: { by: 'keda', min: 1, max: 2, prometheus: 'http://p:9090' } }] } })
  const given = await readFile(`${chart}/files/rules.yaml`, 'utf8')
  const rules = objects.find(({ kind }) => kind === 'PrometheusRule')?.['spec'] as Rules
  t.same(rules, parse(given.replaceAll('job=~".*cortex.*"', 'namespace="cortex", job=~".*cortex.*"')))
  const board = JSON.parse(objects.find(({ metadata }) => metadata.name === 'cortex-dashboard')?.['data']['cortex.json']) as { panels: Array<{ title: string, targets?: Array<{ expr: string }> }> }
  t.same(board, JSON.parse(await readFile(`${chart}/files/dashboard.json`, 'utf8')))
  const scaler = objects.find(({ kind }) => kind === 'ScaledObject')?.['spec'].triggers[0].metadata.query as string
  t.match(scaler, /^sum\(max by \(status, category, master\) \(cortex_tasks\{status="queued", namespace="cortex"[^}]*\}\)\)$/)
  // Jobs are named by the services and by the PodMonitor: the dashboard and the alerts ask for those.
  t.same(objects.filter(({ kind }) => /Monitor$/.test(kind)).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), ['PodMonitor cortex-workers', 'ServiceMonitor cortex-chat', 'ServiceMonitor cortex-orchestrator'])

  // That what they ask for is there is held against a whole running Cortex, with the documentation.
  const queries = [...rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr])), ...board.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr])), ['ScaledObject', scaler]] as Array<[string, string]>
  t.ok(queries.length > 50)
  t.not(syntaxFaults('sum(rate(cortex_tasks{status="queued")').length, 0)
  for (const [where, query] of queries) t.strictSame(syntaxFaults(query.replaceAll('$namespace', 'cortex').replaceAll('$__rate_interval', '1m')), [], where)
})
