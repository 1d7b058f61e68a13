import { talk, type Sentence } from './sentence.ts'

/** Questions an inventory answers, lists by letters, an "it's", and things switched off. */
export const findings: readonly Sentence[] = [
  { say: 'What images do we use?', tasks: ['inventory'] },
  { say: 'Which licences do our dependencies have?', tasks: ['inventory'] },
  { say: 'Which images are outdated?', tasks: ['inventory'] },
  { say: 'How many containers do we run in the cluster?', tasks: ['inventory'] },
  { say: "What's running in our cluster?", tasks: ['inventory'] },
  { say: 'Tell me which packages we use', tasks: ['inventory'] },
  { say: 'Do we use any GPL libraries?', tasks: ['inventory'] },
  { say: 'Which version of Grafana do we run?', tasks: ['inventory'] },
  { say: 'Which files in the workspace mention redis?', tasks: ['inventory'] },
  ...talk('What version of Kubernetes should we use?', 'What is a container image?', 'How do I update our images?', 'Which image is better, Alpine or Debian?'),
  { say: 'Compare versions of nginx and redis in use, and tell me which are outdated', tasks: ['inventory'] },
  { say: 'Would it be possible to have a CI pipeline?', tasks: ['cicd'] },
  { say: 'Is it possible to get dashboards for the shop?', tasks: ['infrastructure'] },
  { say: 'a) monitoring stack\nb) CI pipeline\nc) backup schedule', tasks: ['infrastructure', 'cicd', 'infrastructure'] },
  { say: 'Set up the following: a) monitoring stack b) CI pipeline c) backup schedule', tasks: ['infrastructure', 'cicd', 'infrastructure'] },
  { say: "spin up a new postgres database for the shop and make sure it's backed up every night", tasks: ['infrastructure', 'infrastructure > 1'] },
  { say: 'Disable monitoring', tasks: ['infrastructure'] },
  { say: 'Turn off the nightly backups', tasks: ['infrastructure'] },
  { say: 'Stop the nightly backups', tasks: ['infrastructure'] },
  { say: 'Stop the nightly backups', known: true, tasks: ['infrastructure'] }
]
