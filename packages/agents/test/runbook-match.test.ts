import type { Category } from '@cortex/contracts'
import t from 'tap'
import { matchRunbooks, misfitOf, type Candidate } from '../src/runbook/match.ts'
import { readRunbooks } from '../src/runbook/runbook.ts'
import { tools } from './workspace.ts'

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
  ['infrastructure', 'Create monitoring dashboards in Grafana', 'dashboards'],
  ['infrastructure', 'Fix the broken dashboard', null],
  ['infrastructure', 'Create network policies', 'network-policies'],
  ['infrastructure', 'Apply default deny NetworkPolicies to all namespaces', 'network-policies'],
  ['security', 'Isolate namespaces with network policies', 'network-policies'],
  ['infrastructure', 'Configure backups', 'backup-schedule'],
  ['infrastructure', 'Schedule nightly backups of our volumes', 'backup-schedule'],
  ['infrastructure', 'Back up the databases every night', 'backup-schedule'],
  ['infrastructure', 'Set up a backup of the database', 'backup-schedule'],
  ['infrastructure', 'Back Up Database', null],
  ['infrastructure', 'Run Backup', null],
  ['infrastructure', 'Take a backup of the orders database', null],
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
  ['cicd', 'Set up Dependabot for all repositories', 'dependency-updates'],
  ['cicd', 'Automate dependency updates', 'dependency-updates'],
  ['development', 'Keep our dependencies up to date automatically', 'dependency-updates'],
  ['cicd', 'Configure daily Dependabot updates for npm and Docker', 'dependency-updates'],
  ['cicd', 'Set up Renovate', null],
  ['development', 'Update the dependencies', null],
  ['cicd', 'Automate the release process', 'release-workflow'],
  ['cicd', 'Create a release workflow in GitHub Actions', 'release-workflow'],
  ['cicd', 'Set up a release pipeline', 'release-workflow'],
  ['cicd', 'Publish Docker images on every version tag', 'release-workflow'],
  ['cicd', 'Write release notes', null],
  ['cicd', 'Release version 2.1', null],
  ['cicd', 'Add canary releases to the deployment pipeline', null],
  ['infrastructure', 'Set resource quotas for all namespaces', 'namespace-quotas'],
  ['infrastructure', 'Add CPU and memory quotas', 'namespace-quotas'],
  ['infrastructure', 'Set default memory limits per namespace', 'namespace-quotas'],
  ['infrastructure', 'Reduce the memory limits of the worker', null],
  ['infrastructure', 'Set up rate limits', null],
  ['inventory', 'Check the licences of our dependencies for copyleft', 'licence-check'],
  ['security', 'Licence compliance audit', 'licence-check'],
  ['development', 'Find packages with a problematic license', 'licence-check'],
  ['development', 'Add a license file', null],
  ['development', 'List all TODOs in the code', 'open-notes'],
  ['general', 'How many FIXME comments are there?', 'open-notes'],
  ['development', 'Report the technical debt', 'open-notes'],
  ['development', 'Build a todo list app', null],
  ['development', 'Resolve all TODO comments', null],
  ['development', 'Create a .gitignore', 'ignore-rules'],
  ['security', 'Make sure .gitignore keeps secrets out', 'ignore-rules'],
  ['development', 'Add a .dockerignore', null],
  ['general', 'Bake a cake', null],
  ['general', 'Send a mail to the team', null]
]

/** Nearly like a title above, and not what a runbook does. */
const refused: Array<[category: Category, title: string]> = [
  ...['Disable the backup schedule', 'Turn off the nightly backups', 'Stop the nightly backups', 'Pause backups', 'Suspend the backup CronJobs', 'Undo the backup schedule', 'Back up the volumes hourly', 'Restore a backup every night',
    'Disable monitoring', 'Turn off Prometheus', 'Shut down the monitoring stack', 'Uninstall Grafana', 'Tear down monitoring', 'Decommission Prometheus', 'Roll back the monitoring stack', 'Monitoring without Grafana', 'Monitoring, but no Grafana',
    'Get rid of Prometheus', 'Make monitoring go away', 'Do we have monitoring?', 'How do I set up Prometheus', 'Deploy Prometheus, Grafana and Loki', 'Deploy monitoring with Datadog', 'Set up Prometheus Operator', 'Deploy monitoring and tracing',
    'Add Thanos to Prometheus', 'Scale Prometheus', 'Move monitoring to another namespace', 'Rename the dashboards', 'Delete the dashboards', 'Create dashboards in Kibana', 'Set Up Prometheus Monitoring with Grafana Dashboards', 'Deploy Grafana and dashboards', 'Set up monitoring for checkout-service-9',
    'Disable the network policies', 'Create Cilium network policies', 'Turn off default deny', 'Stop isolating namespaces with network policies', 'Deploy monitoring to AWS', 'Loosen the network policies'].map((title): [Category, string] => ['infrastructure', title]),
  ...['Disable the CI pipeline', 'Pause the workflow', 'Set up a Jenkins pipeline', 'Set up a GitLab CI pipeline', 'Set up a pipeline that deploys to production', 'Set up CI in CircleCI', 'Remove linting from the pipeline', 'Set up Argo workflows'].map((title): [Category, string] => ['cicd', title]),
  ...['Harden the Dockerfile', 'Harden the cluster', 'We need better security', 'Set up scanning of container images for CVEs', 'Audit RBAC', 'Install Falco security scanning', 'Disable security scanning', 'Stop the scan', 'Review and harden the Dockerfile for security',
    'Configure Trivy security scanning', 'Improve security', 'Fix the findings of the security scan'].map((title): [Category, string] => ['security', title]),
  ...['Upgrade all images', 'Delete unused images', 'Remove outdated packages'].map((title): [Category, string] => ['inventory', title]),
  ...['Disable Dependabot', 'Stop the release workflow', 'Set up a release pipeline for Helm charts', 'Automate releases to production', 'Roll back the release'].map((title): [Category, string] => ['cicd', title]),
  ...['Remove the quotas', 'Raise the quota of the data team', 'Set a storage quota'].map((title): [Category, string] => ['infrastructure', title]),
  ['development', 'Remove the TODO comments'], ['development', 'Remove secrets from .gitignore'], ['inventory', 'Change the licence of the project'],
  ['development', 'Rewrite the project report'], ['general', 'Stop everything in the environment and report']
]

const paths = ['README.md', 'apps/hello-web/Dockerfile', 'apps/hello-web/k8s/deployment.yaml', 'apps/loki/values.yaml', 'platform/backup/cronjobs.yaml']

const runbooks = await readRunbooks(undefined, tools)

function match (category: Category, title: string, query = title): Candidate | undefined {
  return matchRunbooks(runbooks, { title, query, category }, paths)[0]
}

t.test('natural titles find the runbook that a person would mean, and others none', (t) => {
  for (const [category, title, expected] of titles) {
    const found = match(category, title)
    t.equal(found?.fits ? found.runbook.id : null, expected, `${category}: ${title}`)
  }
  t.ok(titles.length >= 60)
  t.end()
})

t.test('what takes away, stops, alters, or names more than a runbook does is no match, and the error says which word', (t) => {
  for (const [category, title] of refused) {
    const found = match(category, title)
    t.notOk(found?.fits, `${category}: ${title} (${found?.runbook.id})`)
    if (found) t.match(misfitOf(found), /"[^"]+"/, title)
  }
  t.match(misfitOf(match('infrastructure', 'Turn off Prometheus')!), /asks to "turn off" what there is/)
  t.match(misfitOf(match('infrastructure', 'Deploy Prometheus, Grafana and Loki')!), /"Monitoring stack.*" comes nearest, but has nothing to do with "loki"/)
  t.end()
})

t.test('a request to alter something stands in the description just as well', (t) => {
  for (const query of ['Turn off the nightly backups', 'Please stop them. We should disable backups', 'Someone has to pause the backup jobs']) {
    t.notOk(match('infrastructure', 'Nightly backups', query)?.fits, query)
  }
  t.ok(match('infrastructure', 'Nightly backups', 'Back up the volumes before we upgrade the cluster')?.fits)
  t.end()
})

t.test('what only reads also fits with words left, and tells them first', (t) => {
  t.match(match('security', 'Run a vulnerability scan'), { fits: true, remarks: ['Asked for and not done: "vulnerability".'] })
  t.match(match('inventory', 'Take an inventory of images in folder-number-0-x'), { fits: true, folder: '', remarks: ['Asked for and not done: "folder-number-0-x".'] })
  t.match(match('security', 'Configure Security Scanning'), { fits: true, remarks: { length: 0 } })
  t.match(match('inventory', 'List all container images'), { remarks: { length: 0 } })
  t.end()
})

t.test('a place in the workspace narrows what is looked at, or is said to make no difference', (t) => {
  t.match(match('inventory', 'Take an inventory of images in apps/hello-web'), { fits: true, folder: 'apps/hello-web', remarks: { length: 0 } })
  t.match(match('security', 'Scan the hello-web service for misconfigurations'), { fits: true })
  t.match(match('security', 'Scan for misconfigurations in the hello-web folder'), { fits: true, folder: 'apps/hello-web' })
  t.match(match('cicd', 'Set up a CI pipeline for hello-web'), { fits: true, remarks: [/whole workspace, not for "hello-web" alone/] })
  t.match(match('infrastructure', 'Deploy monitoring to the staging environment'), { fits: true, remarks: [/no environments: "staging"/] })
  t.notOk(match('infrastructure', 'Deploy Prometheus, Grafana and Loki')?.fits, 'a product is no place, though a folder has its name')
  t.end()
})

t.test('a description made to be slow is read in time that grows as it does', (t) => {
  t.match(match('infrastructure', 'Deploy monitoring stack', `a${'-'.repeat(400_000)}b`), { fits: true, runbook: { id: 'monitoring-stack' } })
  t.end()
})

t.test('the description counts too, but a word of the title counts more', (t) => {
  t.match(match('infrastructure', 'Make the cluster visible', 'Deploy Prometheus, so that we can fix issues before customers notice'), { fits: true, runbook: { id: 'monitoring-stack' } })
  t.match(match('infrastructure', 'Nightly backups', 'Also of the volume of Prometheus and the monitoring namespace'), { fits: true, runbook: { id: 'backup-schedule' } })
  t.match(match('infrastructure', 'Deploy monitoring stack', 'Deploy Prometheus, Grafana and Loki.'), { fits: true, remarks: ['Named in the description and not part of this: "loki".'] })
  t.end()
})
