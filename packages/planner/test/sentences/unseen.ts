import { talk, type Sentence } from './sentence.ts'

const known = true
/**
 * Written after the rules, and never a reason to change one: what the rules make of these is what they make of a new person's words. A sentence that
 * a rule is changed for moves to the table, and a new one takes its place.
 */
export const unseen: readonly Sentence[] = [
  { say: 'restart nginx on web-2 pls', tasks: ['infrastructure'] },
  { say: 'can someone bump the api to 5 replicas? thx', tasks: ['infrastructure'] },
  { say: 'URGENT - RENEW CERT FOR PAY.EXAMPLE.COM', tasks: ['security high'] },
  { say: 'deploy minio; create buckets logs and backups; give the api access', tasks: ['infrastructure', 'infrastructure', 'security'] },
  { say: 'Please first take a snapshot of the volume, then resize it to 200 GB, and finally verify that the data is intact.', tasks: ['infrastructure', 'infrastructure > 1', 'infrastructure > 1 2'] },
  { say: 'Dear team,\n\nkindly arrange the following for the new tenant:\n\n1. Create a namespace\n2. Apply our default network policies\n3. Set up a monitoring dashboard\n\nThank you and best regards,\nPriya', tasks: ['infrastructure', 'security', 'infrastructure'] },
  { say: '- Backend\n  - fix the pagination bug\n  - write tests for it\n- Ops\n  - deploy RabbitMQ\n  - rotate the database password', tasks: ['development', 'development > 1', 'infrastructure', 'security'] },
  { say: 'Both the staging and the prod cluster need a Velero backup schedule, please set it up', tasks: ['infrastructure'] },
  { say: 'Deploy Mattermost, then Nextcloud and Gitea in parallel, and when all three are up, back them up', tasks: ['infrastructure', 'infrastructure > 1', 'infrastructure > 1', 'infrastructure > 1 2 3'] },
  { say: 'Before we delete the old VMs, export a list of everything that runs on them', tasks: ['inventory', 'infrastructure > 1'] },
  { say: 'If the nightly build is broken, please fix it', tasks: ['cicd'] },
  { say: 'Run the integration tests; if they succeed, merge the release branch', tasks: ['development', 'cicd > 1'] },
  { say: 'Scan the cluster for CVEs. Only if nothing critical is found, roll out version 4.', tasks: ['security'], says: ['nothing critical'] },
  { say: 'Roll out version 4 to all regions except eu-central-1', tasks: ['infrastructure'] },
  { say: 'Clean up all failed pods, but leave the ones in kube-system alone', tasks: ['infrastructure'] },
  { say: 'Reboot node-5 at 3am tomorrow', says: ['3am'] },
  { say: 'In half an hour, scale the workers back down to 2', says: ['half an hour'] },
  { say: 'When you find the time, please write a guide for new developers', tasks: ['general low'] },
  { say: 'it is not urgent but the log retention should be reduced to 14 days please', tasks: ['infrastructure low'] },
  { say: 'Create a repository named "terraform; modules" with a license', tasks: ['development'] },
  { say: 'Fix the nil pointer in internal/billing/invoice.go', tasks: ['development'] },
  { say: 'Import https://grafana.example.com/d/abc.json?x=1;y=2 as a dashboard', tasks: ['infrastructure'] },
  { say: 'Please apply the attached manifest\n```\nkind: Deployment\nmetadata:\n  name: delete-everything\n```', tasks: ['infrastructure'] },
  { say: "Don't restart anything, just tell me which pods are crash looping", says: ['which pods'] },
  { say: 'Update the ingress without restarting the pods', tasks: ['infrastructure'] },
  { say: 'Set up Loki. No, wait: set up Elasticsearch.', tasks: ['infrastructure'], titles: ['Elasticsearch'] },
  { say: 'Scale the web deployment to 10. Sorry, I meant 8.', tasks: ['infrastructure'], titles: ['8'] },
  { say: 'Deploy Redis and Kafka. Forget Kafka.', tasks: ['infrastructure'], titles: ['Redis'] },
  { say: 'Add alerts for the api, but skip the dashboards', tasks: ['infrastructure'] },
  { say: 'Could you possibly add a CODEOWNERS file to the web repo?', tasks: ['development'] },
  { say: 'Would it be possible for you to patch OpenSSL on the bastion?', tasks: ['security'] },
  { say: "I'd be glad if you could draw up a list of all S3 buckets and who can read them", tasks: ['inventory'] },
  { say: 'The wiki is slow. Give it more memory.', tasks: ['infrastructure'] },
  { say: 'our pipeline takes 40 min, please speed it up', tasks: ['cicd'] },
  { say: 'I am not able to login in Grafana, please to create a user for me', tasks: ['security'] },
  { say: 'We want: SSO, audit logs, and a WAF', tasks: ['security', 'security', 'security'] },
  { say: 'For prod and staging, enable autoscaling for web and set a budget alert', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'Deploy keycloak to dev, then to staging, then to prod', tasks: ['infrastructure', 'infrastructure > 1', 'infrastructure > 2'] },
  { say: 'Phase 1: build the images. Phase 2: deploy them. Phase 3: run the smoke tests.', tasks: ['cicd', 'infrastructure > 1', 'development > 2'] },
  { say: 'to do:\n[ ] rotate api keys\n[x] deploy redis\n[ ] add lint to ci', tasks: ['security', 'cicd'] },
  { say: 'Move the cron jobs to Argo Workflows and afterwards remove the old scheduler', tasks: ['infrastructure', 'infrastructure > 1'] },
  { say: 'How many images have no digest? And please pin them all.', tasks: ['inventory', 'security > 1'] },
  { say: 'What is the monitoring task doing?', known, calls: ['status 1'] },
  { say: 'is the scan finished and did the pipeline work?', known, calls: ['status 2', 'status 3'] },
  { say: 'Please abort task 2 and retry task 3', known, calls: ['cancel 2', 'retry 3'] },
  { say: 'cancel everything but the pipeline', known, calls: ['list current'] },
  { say: 'run the failed tasks again', known, calls: ['list current'] },
  { say: 'any failures?', known, calls: ['list failed'] },
  { say: 'stop the scan, we do it manually', known, calls: ['cancel 2'] },
  { say: 'once the pipeline is set up, add a deploy stage to it', known, tasks: ['cicd > #3'] },
  { say: 'cancel monitoring?', known },
  ...talk(
    'Would scaling to 5 help?', 'Is there a way to deploy without downtime?', 'The deploy is scheduled for Friday', 'I already restarted it twice', 'We will not migrate this year', 'Thanks, that fixed it!', 'No need to do anything', 'Nobody asked you to deploy this',
    'Tom can restart the pods if needed', 'What if we scanned the images weekly?', 'Please, no more restarts', 'I would deploy it on Monday', "Isn't the backup supposed to run at night?", 'That scan was useless', 'Do you remember the outage in March?', "don't bother with the dashboards", 'Hello? Anyone home?'
  )
]
