import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parse } from 'yaml'
import { chart, noHelm, startHelm } from './support/programs.ts'

t.test('the chart carries the alerts and the dashboard as they are, narrowed to its release, and scales by a metric they use too', { skip: noHelm }, async (t) => {
  const helm = await startHelm(t)
  const objects = await helm.render({ monitoring: { rules: true, dashboard: true, serviceMonitor: true }, workers: { pools: [{ name: 'all', autoscaling: { by: 'keda', min: 1, max: 2, prometheus: 'http://p:9090' } }] } })
  const given = await readFile(`${chart}/files/rules.yaml`, 'utf8')
  t.same(objects.find(({ kind }) => kind === 'PrometheusRule')?.['spec'], parse(given.replaceAll('job=~".*cortex.*"', 'namespace="cortex", job=~".*cortex.*"')))
  const board = objects.find(({ metadata }) => metadata.name === 'cortex-dashboard')?.['data']['cortex.json'] as string
  t.same(JSON.parse(board), JSON.parse(await readFile(`${chart}/files/dashboard.json`, 'utf8')))
  const scaler = objects.find(({ kind }) => kind === 'ScaledObject')?.['spec'].triggers[0].metadata.query as string
  t.match(scaler, /^sum\(max by \(status, category, master\) \(cortex_tasks\{status="queued", namespace="cortex"[^}]*\}\)\)$/)
  // Jobs are named by the services and by the PodMonitor: the dashboard and the alerts ask for those.
  t.same(objects.filter(({ kind }) => /Monitor$/.test(kind)).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), ['PodMonitor cortex-workers', 'ServiceMonitor cortex-chat', 'ServiceMonitor cortex-orchestrator'])
})
