import type { Sentence } from './sentence.ts'

export const cicd: readonly Sentence[] = [
  { say: 'Set up CI/CD pipeline', tasks: ['cicd'] },
  { say: 'Set up CI/CD', tasks: ['cicd'] },
  { say: 'Create a GitHub Actions workflow that builds, tests and deploys the web app', tasks: ['cicd'] },
  { say: 'Build, test and deploy the API on every push', tasks: ['cicd'] },
  { say: 'Add a lint stage to the pipeline', tasks: ['cicd'] },
  { say: 'Speed up the build by caching node_modules', tasks: ['cicd'] },
  { say: 'Migrate our Jenkins jobs to GitLab CI', tasks: ['cicd'] },
  { say: 'Set up Argo CD for GitOps deployments', tasks: ['cicd'] },
  { say: 'Add canary releases to the deployment pipeline', tasks: ['cicd'] },
  { say: 'Fix the flaky builds on main', tasks: ['cicd'] },
  { say: 'Create build and deploy pipelines for the api, web and worker repositories', tasks: ['cicd'] },
  { say: 'Set up preview environments for pull requests', tasks: ['cicd'] },
  { say: 'Enable branch protection and a merge queue', tasks: ['cicd'] },
  { say: 'Build the image and push it to the registry', tasks: ['cicd', 'cicd > 1'] },
  { say: 'I need a release pipeline and a nightly build', tasks: ['cicd', 'cicd'] },
  { say: 'Automate the release process, low priority', tasks: ['cicd low'] },
  { say: 'Configure the runners to use spot instances', tasks: ['cicd'] },
  { say: 'Set up unit tests, build scripts and release notes in the pipeline', tasks: ['development', 'cicd', 'cicd'] },
  { say: 'Set up Dependabot for all repositories', tasks: ['cicd'] },
  { say: 'Set up a CI pipeline with linting, unit tests and image builds', tasks: ['cicd'] },
  { say: 'Could someone fix the broken release workflow? It is blocking everyone, high priority!', tasks: ['cicd high'] },
  { say: 'Add quality gates to CI', tasks: ['cicd'] }
]
