import { redact } from '@cortex/secrets'
import { Type } from '@sinclair/typebox'
import { releaseMissing } from '../../errors.ts'
import { defineChange, defineRead, type Tool } from '../../toolkit.ts'
import { checkNamespace } from '../kubernetes/scope.ts'
import { findChart } from './chart.ts'
import { showManifest } from './manifest.ts'
import { planRollback, planUninstall, planUpgrade } from './plan.ts'
import { manifestOf } from './read-manifest.ts'
import { findRelease, targetOf, type ReleaseName } from './release.ts'
import { renderChart, type Releases } from './release-change.ts'

const strict = { additionalProperties: false }
const unapproved = 'Nothing is changed until a person has approved the change set.'
const namespace = Type.String({ pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 })
const release = Type.String({ pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 53 })
const chart = Type.String({ minLength: 1, maxLength: 400, description: 'Folder of the chart in the workspace, as in charts/web' })
const values = Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Beside the chart\'s own; never a secret' }))
const named = { release, namespace }

export function helmTools (releases: Releases): Tool[] {
  const { helm, access: { scope }, repository } = releases
  const allowed = (name: ReleaseName): ReleaseName => {
    checkNamespace(scope, name.namespace)
    return name
  }
  return [
    defineRead({
      name: 'helm_list',
      description: 'List the releases of a namespace.',
      input: Type.Object({ namespace }, strict),
      async run ({ namespace }) {
        checkNamespace(scope, namespace)
        const text = await helm.run(['list', '--namespace', namespace, '--all'])
        const count = text.trim().split('\n').length - 1
        return { summary: `listed ${count} releases`, text: redact(text), facts: { count } }
      }
    }),
    defineRead({
      name: 'helm_status',
      description: 'How a release stands, its history and what it consists of.',
      input: Type.Object(named, strict),
      async run (input) {
        const name = allowed(input)
        const state = await findRelease(helm, name)
        if (!state) throw releaseMissing(targetOf(name))
        const history = await helm.run(['history', name.release, '--namespace', name.namespace, '--max', '20'])
        return { summary: `${targetOf(name)} is ${state.info.status}`, text: redact([`${targetOf(name)}: revision ${state.version}, ${state.info.status}`, history.trimEnd(), showManifest(await manifestOf(helm, state))].join('\n\n')), facts: { status: state.info.status, revision: state.version } }
      }
    }),
    defineRead({
      name: 'helm_template',
      description: 'Render a chart of the workspace as a new release of it would be. Templates can look up nothing in the cluster.',
      input: Type.Object({ ...named, chart, values }, strict),
      async run ({ chart, values = {}, ...input }) {
        const manifest = await renderChart(releases, { ...allowed(input), chart: await findChart(repository, chart), values })
        return { summary: `rendered ${manifest.length} objects`, text: redact(showManifest(manifest)), facts: { count: manifest.length }, planned: true }
      }
    }),
    defineChange({
      name: 'helm_upgrade',
      description: `Plan to install a chart of the workspace as a release, or to upgrade the release to it. The chart is taken as the last commit has it; its templates can look up nothing in the cluster. ${unapproved}`,
      input: Type.Object({ ...named, chart, values, keep_values: Type.Optional(Type.Boolean({ description: 'Keep the values the release was given before, under these' })) }, strict),
      plan: async ({ chart, values = {}, keep_values: keepValues = false, ...input }) =>
        planUpgrade(releases, { ...allowed(input), way: 'upgrade', chart: await findChart(repository, chart), values, keepValues })
    }),
    defineChange({
      name: 'helm_rollback',
      description: `Plan to bring a release back to an earlier revision. ${unapproved}`,
      input: Type.Object({ ...named, revision: Type.Integer({ minimum: 1 }) }, strict),
      plan: async ({ revision, ...input }) => planRollback(releases, allowed(input), revision)
    }),
    defineChange({
      name: 'helm_uninstall',
      description: `Plan to remove a release with all it consists of. ${unapproved}`,
      input: Type.Object(named, strict),
      plan: async (input) => planUninstall(releases, allowed(input))
    })
  ]
}
