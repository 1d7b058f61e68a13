import { talk, type Sentence } from './sentence.ts'

/** What is to wait for something: a task it can name, or else nothing starts. */
export const waits: readonly Sentence[] = [
  ...talk(
    'Once the tests pass, deploy to production', 'Once the tests pass, deploy monitoring', 'deploy monitoring when the CI pipeline is green', 'Deploy monitoring tomorrow at 9am', 'Tomorrow at 9am, deploy monitoring',
    'Please, once the tests pass, deploy to production', 'Could you, once QA has signed off, deploy v2 to prod?', 'Can you deploy monitoring next Monday at 10:30?', 'Deploy to production unless the tests fail',
    'Deploy Redis in two hours, then run the smoke tests', 'Schedule the security scan for tomorrow', 'After lunch, restart the database', 'Once that is done, add dashboards',
    'Tomorrow: deploy the shop', 'Please wait until the tests pass and then deploy the shop', 'At 9am: deploy redis and scan the images', 'Deploy the following tomorrow: Redis, Postgres and the shop', 'Wait 10 minutes and deploy the shop', 'Deploy the shop but not before the tests pass'
  ),
  { say: 'cancel the security scan tomorrow', known: true },
  { say: 'deploy monitoring when the CI pipeline is green', known: true, tasks: ['infrastructure > #3'] },
  { say: 'Once that is done, add dashboards', known: true, tasks: ['infrastructure > #1 #2 #3'] },
  { say: 'Deploy Redis. If it fails, roll it back.', tasks: ['infrastructure'] },
  { say: 'First scan for misconfigurations; then, if it is clean, set up network policies', tasks: ['security'] },
  { say: 'Scan the manifests for misconfigurations. Then, if they are clean, set up network policies.', tasks: ['security'] },
  { say: 'Scan the manifests, and then, once that is done, set up network policies', tasks: ['security', 'security > 1'] },
  { say: "Don't set up backups, but do scan the manifests", tasks: ['security'] },
  { say: 'Run the tests. Once the tests pass, deploy the API to production.', tasks: ['development', 'infrastructure > 1'] },
  { say: '1) Build the image\n2) Deploy the image (needs 1)', tasks: ['cicd', 'infrastructure > 1'] },
  { say: '1) Build the image 2) Deploy the image (needs 1) 3) Run the smoke tests - requires 2', tasks: ['cicd', 'infrastructure > 1', 'development > 2'] },
  { say: 'Deploy Redis; tomorrow at 9am deploy the shop', tasks: ['infrastructure'] },
  { say: 'Deploy Redis (tomorrow) and scan the images for CVEs', tasks: ['security'] },
  { say: 'Back up postgres every night at 2am', tasks: ['infrastructure'] },
  { say: 'Set up a cron job that cleans images at 2am', tasks: ['infrastructure'] },
  { say: 'Restart the API if it is unhealthy', tasks: ['infrastructure'] },
  { say: 'Set up an alert when the disk is full', tasks: ['infrastructure'] },
  { say: 'Delete log files after 30 days', tasks: ['infrastructure'] },
  { say: 'Renew the certificates that expire next month', tasks: ['security'] },
  { say: "Review the alerts after yesterday's outage", tasks: ['infrastructure'] },
  { say: 'Deploy monitoring by Friday', tasks: ['infrastructure'] },
  { say: 'When you are ready, deploy Redis', tasks: ['infrastructure'] }
]
