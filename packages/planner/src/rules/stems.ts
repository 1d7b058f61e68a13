/** The root two forms of a word share: deploy, deploys, deployed, deploying and deployment are one. Rough on purpose, and never shown. */
function stem (word: string): string {
  const known = sameWord.get(word)
  if (known !== undefined) return known
  let root = word
  for (const suffix of suffixes) {
    if (root.length - suffix.length >= 3 && root.endsWith(suffix)) {
      root = root.slice(0, -suffix.length)
      break
    }
  }
  if (/([bdfgklmnprt])\1$/.test(root) && root.length > 3) root = root.slice(0, -1)
  root = root.replace(/[ei]$|y$/, '')
  return sameWord.get(root) ?? root
}

const suffixes = ['izations', 'ization', 'urations', 'uration', 'ations', 'ation', 'allations', 'ments', 'ment', 'ings', 'ing', 'ions', 'ion', 'ers', 'er', 'ors', 'ied', 'ies', 'ed', 'es', 's']

/** Words people use for the same thing. */
const sameWord: ReadonlyMap<string, string> = new Map(Object.entries({
  prometheus: 'monitor',
  grafana: 'monitor',
  monitoring: 'monitor',
  alertmanager: 'monitor',
  observability: 'monitor',
  'ci/cd': 'pipelin',
  cicd: 'pipelin',
  ci: 'pipelin',
  cd: 'pipelin',
  pipeline: 'pipelin',
  pipelines: 'pipelin',
  workflow: 'pipelin',
  workflows: 'pipelin',
  scanner: 'scan',
  scans: 'scan',
  scanning: 'scan',
  postgresql: 'postgr',
  postgres: 'postgr',
  pg: 'postgr',
  db: 'databas',
  database: 'databas',
  databases: 'databas',
  k8s: 'kubernet',
  kubernetes: 'kubernet',
  configuration: 'config',
  configure: 'config',
  configured: 'config',
  config: 'config',
  configs: 'config',
  configuring: 'config',
  release: 'releas',
  rollout: 'deploy',
  backups: 'backup',
  docs: 'document',
  documentation: 'document',
  tests: 'test',
  testing: 'test',
  certs: 'cert',
  certificate: 'cert',
  certificates: 'cert',
  audits: 'audit',
  repo: 'repositor',
  repos: 'repositor',
  repository: 'repositor',
  repositories: 'repositor',
  vulnerability: 'vulnerab',
  vulnerabilities: 'vulnerab',
  licences: 'licens',
  licence: 'licens',
  license: 'licens',
  licenses: 'licens',
  auth: 'authent',
  built: 'build',
  migration: 'migrat',
  migrations: 'migrat',
  inventory: 'inventor',
  replica: 'replic',
  replicas: 'replic',
  bought: 'buy',
  written: 'writ',
  up: '',
  ran: 'run',
  set: ''
}))

const quiet = new Set(('a an the this that these those my our your their its it them they all any each every both some one two three four five everything of in on at by for with from to into and or but not is are was were be been am do does did has have had will would can could should up down out off ' +
  'done finished ready complete completed running live healthy green over there task tasks job jobs thing things work once when after before as soon until if please then also set run runs make new stuff ones first second third last step part status state progress successful successfully passes passed pass succeed succeeded succeeds works working deployed installed configured exists available finishes ends fine ok okay good well great looks through still so how what which who where whether me tell show about going fully place you i we us now currently yet latest').split(' '))

/** The stems of the words that say what a text is about. */
export function subjectStems (text: string): Set<string> {
  const found = new Set<string>()
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}_][\p{L}\p{N}_/.-]*/gu)) {
    const parts = sameWord.has(word) ? [word] : word.split(/[-/.]/)
    for (const part of parts) {
      if (part === '' || quiet.has(part)) continue
      const root = stem(part)
      if (root.length > 1 || /\d/.test(root)) found.add(root)
    }
  }
  return found
}
