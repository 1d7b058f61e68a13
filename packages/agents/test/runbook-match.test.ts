import type { Category } from '@cortex/contracts'
import t from 'tap'
import { matchRunbook } from '../src/runbook/match.ts'
import { readRunbooks } from '../src/runbook/runbook.ts'

const tools = ['workspace_write', 'inspect_workspace', 'inspect_misconfigurations', 'inspect_inventory', 'inspect_repository', 'inspect_pipeline', 'inspect_workloads']

/** What people write, and the runbook that should answer; null where only a model should. */
const titles: Array<[category: Category, title: string, runbook: string | null]> = [
  ['infrastructure', 'Deploy monitoring stack', 'monitoring-stack'],
  ['infrastructure', 'Set up Prometheus and Grafana', 'monitoring-stack'],
  ['infrastructure', 'Install observability tooling', 'monitoring-stack'],
  ['infrastructure', 'Add metrics and alerting to the cluster', 'monitoring-stack'],
  ['infrastructure', 'Monitoring', 'monitoring-stack'],
  ['infrastructure', 'Roll out a Prometheus server with alert rules', 'monitoring-stack'],
  ['infrastructure', 'We need monitoring in namespace observability', 'monitoring-stack'],
  ['infrastructure', 'Fix Grafana access', null],
  ['infrastructure', 'Upgrade Prometheus to the newest version', null],
  ['infrastructure', 'Remove the monitoring stack', null],
  ['infrastructure', 'Investigate why Prometheus is down', null],
  ['infrastructure', 'Provision a PostgreSQL database', null],
  ['infrastructure', 'Create dashboards', 'dashboards'],
  ['infrastructure', 'Build Grafana dashboards with alerts', 'dashboards'],
  ['infrastructure', 'Set up a dashboard for the cluster', 'dashboards'],
  ['infrastructure', 'Fix the broken dashboard', null],
  ['infrastructure', 'Create network policies', 'network-policies'],
  ['infrastructure', 'Apply default deny NetworkPolicies to all namespaces', 'network-policies'],
  ['security', 'Isolate namespaces with network policies', 'network-policies'],
  ['infrastructure', 'Configure backups', 'backup-schedule'],
  ['infrastructure', 'Schedule nightly backups of our volumes', 'backup-schedule'],
  ['infrastructure', 'Back up the databases every night', 'backup-schedule'],
  ['infrastructure', 'Restore the backup from Monday', null],
  ['infrastructure', 'Check the state of the cluster manifests', 'workspace-overview'],
  ['infrastructure', 'Validate the manifests', 'workspace-overview'],
  ['security', 'Configure security scanning', 'misconfiguration-scan'],
  ['security', 'Scan the manifests for misconfigurations', 'misconfiguration-scan'],
  ['security', 'Run a security audit', 'misconfiguration-scan'],
  ['security', 'Security scan', 'misconfiguration-scan'],
  ['security', 'Check for exposed secrets', 'misconfiguration-scan'],
  ['security', 'Run a vulnerability scan', 'misconfiguration-scan'],
  ['security', 'Review our Dockerfiles for security issues', 'misconfiguration-scan'],
  ['security', 'Assess the security posture of the cluster', 'misconfiguration-scan'],
  ['security', 'Rotate the database password', null],
  ['security', 'Install a certificate for example.com', null],
  ['security', 'List the licences of our dependencies', 'inventory'],
  ['cicd', 'Set up CI/CD pipeline', 'ci-pipeline'],
  ['cicd', 'Create a GitHub Actions workflow', 'ci-pipeline'],
  ['cicd', 'Configure continuous integration for the repository', 'ci-pipeline'],
  ['cicd', 'Add a pipeline that builds and tests every push', 'ci-pipeline'],
  ['cicd', 'Automate builds with CI', 'ci-pipeline'],
  ['cicd', 'Fix the failing pipeline', null],
  ['cicd', 'Migrate from Jenkins to GitHub Actions', null],
  ['cicd', 'Speed up the CI pipeline', null],
  ['inventory', 'List all container images', 'inventory'],
  ['inventory', 'Inventory of images, versions and licences', 'inventory'],
  ['inventory', 'Generate an SBOM', 'inventory'],
  ['inventory', 'Which packages and versions do we use?', 'inventory'],
  ['inventory', 'Catalog all dependencies', 'inventory'],
  ['inventory', 'Show what services we run', 'workspace-overview'],
  ['development', 'Write a repository report', 'repository-report'],
  ['development', 'Analyze the codebase', 'repository-report'],
  ['development', 'Give me an overview of the project structure', 'repository-report'],
  ['development', 'Review code quality of the repository', 'repository-report'],
  ['development', 'Refactor the payment module', null],
  ['development', 'Implement a login endpoint', null],
  ['development', 'Fix the bug in the project parser', null],
  ['general', 'Check the health of the workspace', 'workspace-overview'],
  ['general', 'Summarize the current state of everything', 'workspace-overview'],
  ['general', 'Give me a status report of the environment', 'workspace-overview'],
  ['general', 'Bake a cake', null],
  ['general', 'Send a mail to the team', null]
]

t.test('natural titles find the runbook that a person would mean, and others none', async (t) => {
  const runbooks = await readRunbooks(undefined, tools)
  for (const [category, title, expected] of titles) {
    t.equal(matchRunbook(runbooks, { title, query: title, category })?.id ?? null, expected, `${category}: ${title}`)
  }
  t.ok(titles.length >= 60)
})

t.test('the description counts too, but a word of the title counts more', async (t) => {
  const runbooks = await readRunbooks(undefined, tools)
  t.equal(matchRunbook(runbooks, { title: 'Make the cluster visible', query: 'Deploy Prometheus, so that we can fix issues before customers notice', category: 'infrastructure' })?.id, 'monitoring-stack')
  t.equal(matchRunbook(runbooks, { title: 'Nightly backups', query: 'Also of the volume of Prometheus and the monitoring namespace', category: 'infrastructure' })?.id, 'backup-schedule')
})
