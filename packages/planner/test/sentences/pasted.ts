import type { Sentence } from './sentence.ts'

/** Mails with a greeting and a signature, notes with Markdown, nested lists, code and YAML, lines that end as on Windows. */
export const pasted: readonly Sentence[] = [
  { say: 'Hi team,\r\n\r\ncould you please set up monitoring for the shop and rotate the database password?\r\n\r\nBest regards,\r\nAnna Schmidt\r\nHead of Platform', tasks: ['infrastructure', 'security'] },
  { say: 'Dear Cortex,\n\nI hope this finds you well. We would like to have a CI pipeline for the billing service.\n\nKind regards,\nTom', tasks: ['cicd'] },
  { say: 'Hello,\n\nplease find below what we need for Monday:\n\n1. a staging namespace\n2. a Postgres database\n3. network policies for both\n\nMany thanks\nJulia', tasks: ['infrastructure', 'infrastructure', 'security > 1 2'] },
  { say: 'Hey!\n\nQuick one: restart the api in staging.\n\nCheers\nBen\n--\nBen Miller | SRE | +49 30 1234567', tasks: ['infrastructure'] },
  { say: '## TODO\n\n- **Deploy** Redis to `staging`\n- _Scan_ all images\n- Write a README for `billing`', tasks: ['infrastructure', 'security', 'development'] },
  { say: '# Release 2.0\n\n## Before\n- run the integration tests\n- back up the database\n\n## After\n- announce the release', tasks: ['development', 'infrastructure', 'general > 1 2'] },
  { say: '1. Infrastructure\n   - deploy Redis\n   - deploy Postgres\n2. Security\n   - scan the images\n   - rotate the API keys', tasks: ['infrastructure', 'infrastructure', 'security', 'security'] },
  { say: '- Set up monitoring:\n    - Prometheus with 30 days retention\n    - Grafana\n- Set up CI for the web repo\n    - lint\n    - unit tests', tasks: ['infrastructure', 'cicd'] },
  { say: '* staging:\n  * deploy redis\n  * run the migrations\n* prod:\n  * scan the images', tasks: ['infrastructure', 'infrastructure', 'security'] },
  { say: '1) deploy redis\r\n2) deploy rabbitmq\r\n3) after both: run the smoke tests\r\n', tasks: ['infrastructure', 'infrastructure', 'development > 1 2'] },
  { say: 'Apply this please:\n```yaml\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-a\n```', tasks: ['infrastructure'] },
  { say: 'Can you explain this?\n```\nkubectl delete namespace prod; deploy redis\n```' },
  { say: 'The build fails with:\n\n    Error: cannot find module \'left-pad\'\n    at deploy (build.js:12)\n\nPlease fix it.', tasks: ['cicd'] },
  { say: '> Could you delete the old cluster?\n\nNo, please keep the old cluster.' },
  { say: '> we should scan the images\n\nYes please, scan the images for CVEs.', tasks: ['security'] },
  { say: 'Notes from the meeting:\n- Tom was ill\n- the new logo looks good\n- next meeting on Thursday' },
  { say: 'Action items:\n- [x] deploy redis\n- [ ] scan the images for CVEs\n- [ ] add a lint step to the pipeline', tasks: ['security', 'cicd'] },
  { say: '| Task | Owner |\n|---|---|\n| deploy redis | Ben |\n| scan the images | Anna |', tasks: ['infrastructure', 'security'] },
  { say: 'Good afternoon,\nplease be so kind as to renew the wildcard certificate for *.example.com before the end of the month.\nThank you in advance!\nS. Rossi', tasks: ['security'] },
  { say: 'Hi,\nas discussed: deploy Loki, and please also send me the list of all clusters.\nSent from my iPhone', tasks: ['infrastructure', 'inventory'] },
  { say: 'a. deploy redis\nb. deploy the api (after a)\nc. scan the images', tasks: ['infrastructure', 'infrastructure > 1', 'security'] },
  { say: '• Redis deployen? no: deploy Redis\n• scan the images', tasks: ['infrastructure', 'security'] },
  { say: '- [ ] **P1** rotate the API keys\n- [ ] **P3** update the docs', tasks: ['security', 'development'] },
  { say: 'Phase 1:\n- create the VPC\n- create the cluster\nPhase 2:\n- deploy Argo CD\nPhase 3:\n- deploy the shop', tasks: ['infrastructure', 'infrastructure', 'cicd > 1 2', 'infrastructure > 3'] },
  { say: '1. Build the image\n2. Push the image\n\nDo them one after the other.', tasks: ['cicd', 'cicd > 1'] }
]
