import { readFile } from 'node:fs/promises'
import { parser } from '@prometheus-io/lezer-promql'
import t from 'tap'
import { orchestrate } from '../../packages/orchestrator/test/orchestrator.ts'
import { chart, noHelm, startHelm } from './support/programs.ts'

/** Every name of a metric in a query, with its labels. */
function metricsOf (query: string): Array<{ name: string, labels: string[] }> {
  return [...query.matchAll(/\b([a-z][a-z0-9_]+)\{([^}]*)\}/g)].map(([, name, labels]) => ({ name: name!, labels: [...labels!.matchAll(/(\w+)\s*(?:=|!=|=~|!~)\s*"/g)].map(([, label]) => label!) }))
}

/** Where Prometheus' own grammar stumbles. */
function syntaxFaults (query: string): string[] {
  const faults: string[] = []
  parser.parse(query).iterate({ enter: ({ type, from, to }) => { if (type.isError) faults.push(query.slice(from, to + 20)) } })
  return faults
}

t.test('alerts, dashboard and autoscaler ask for metrics and labels that /metrics has', { skip: noHelm }, async (t) => {
  const { url } = await orchestrate(t)
  const text = await (await fetch(`${url}/metrics`)).text()
  const names = new Set([...text.matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name, type]) => type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name!]))
  // Added by whoever asks, and the one metric that is Prometheus' own.
  const targetLabels = ['namespace', 'service', 'pod']
  const ownLabels = ['status', 'category', 'le']

  const helm = await startHelm(t)
  const objects = await helm.render({ monitoring: { rules: true, dashboard: true }, workers: { pools: [{ name: 'all', autoscaling: { by: 'keda', min: 1, max: 2, prometheus: 'http://p:9090' } }] } })
  const rules = objects.find(({ kind }) => kind === 'PrometheusRule')?.['spec'].groups[0].rules as Array<{ alert: string, expr: string }>
  const board = JSON.parse(objects.find(({ metadata }) => metadata.name === 'cortex-dashboard')?.['data']['cortex.json']) as { panels: Array<{ title: string, targets: Array<{ expr: string }> }> }
  t.same(JSON.parse(await readFile(`${chart}/files/dashboard.json`, 'utf8')), board)
  const scaler = objects.find(({ kind }) => kind === 'ScaledObject')?.['spec'].triggers[0].metadata.query as string
  const queries = [...rules.map(({ alert, expr }) => [alert, expr]), ...board.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr])), ['ScaledObject', scaler]] as Array<[string, string]>
  t.ok(queries.length > 15)
  t.not(syntaxFaults('sum(rate(cortex_tasks{status="queued")').length, 0)
  for (const [where, query] of queries) {
    const asked = metricsOf(query)
    t.ok(asked.length > 0, `${where} asks for something`)
    t.strictSame(syntaxFaults(query.replaceAll('$namespace', 'cortex')), [], where)
    for (const { name, labels } of asked) {
      t.ok(name === 'up' || names.has(name), `${where}: ${name}`)
      t.strictSame(labels.filter((label) => ![...targetLabels, ...ownLabels].includes(label)), [], where)
    }
  }
})
