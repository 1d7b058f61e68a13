import { talk, type Sentence } from './sentence.ts'

const known = true
/**
 * Written after the rules were finished, and never a reason to change one: what they make of these is what they make of a new person's words.
 * A sentence that a rule is changed for moves to the table, and a new one takes its place.
 */
export const unseen: readonly Sentence[] = [
  { say: 'Good morning, could you create a namespace for the ML team, give them a quota of 40 CPUs and set up a GPU node pool? Thanks!', tasks: ['infrastructure', 'infrastructure > 1', 'infrastructure'] },
  { say: 'traefik is leaking memory. restart it and bump its limit to 1Gi', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'Please deploy the new frontend, but only to the canary pool', tasks: ['infrastructure'] },
  { say: 'Remove Helm 2, it is not used any more', tasks: ['infrastructure'] },
  { say: 'First check whether port 5432 is open, then close it, and at the end send me a short summary', tasks: ['security', 'security > 1', 'general > 1 2'] },
  { say: 'I would like to have two things done this week: the audit logs shipped to S3 and the old bucket emptied', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'vault is sealed again, unseal it pls', tasks: ['security'] },
  { say: 'Write Dockerfiles for the api and the worker; then build both images; then scan both', tasks: ['development', 'cicd > 1', 'security > 2'] },
  { say: 'The staging database should be reset every Sunday night', tasks: [] },
  { say: 'Please reset the staging database every Sunday night', tasks: ['infrastructure'] },
  { say: 'Hello,\n\nthe auditors are coming on Monday. We need:\n\n- an inventory of all servers\n- a list of everybody with admin rights\n- proof that backups work\n\nBest\nMaria', tasks: ['inventory', 'inventory', 'infrastructure'] },
  { say: 'fix broken link in docs/setup.md', tasks: ['development'] },
  { say: 'deploy 1.9.0 to qa, when tests are green to staging', tasks: ['infrastructure'], says: ['tests are green'] },
  { say: 'Could you move the registry to the new cluster without any downtime?', tasks: ['cicd'] },
  { say: 'Add Sentry to web and mobile, and Prometheus metrics to the api', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'Rename master to main in all repos', tasks: ['development'] },
  { say: 'Delete branches older than a year, except release branches', tasks: ['development'] },
  { say: 'set log level to debug on orders-api, reproduce the bug, then set it back to info', tasks: ['infrastructure', 'development > 1', 'infrastructure > 2'] },
  { say: 'Migrate from nginx ingress to Traefik: install Traefik, move the routes, remove nginx', tasks: ['infrastructure', 'infrastructure', 'infrastructure'] },
  { say: 'I guess it is time to upgrade Kubernetes, so please do so in staging', tasks: ['infrastructure'] },
  { say: 'Upgrade the ingress controller unless it is already on 1.12', says: ['unless'] },
  { say: 'Just a heads-up: rotating the keys broke the importer. Please look into it.', tasks: ['development'] },
  { say: 'Tonight at 2 restart the mail server, and right now clear its queue', tasks: ['infrastructure'], says: ['Tonight'] },
  { say: 'Everything in namespace tmp can go. Delete it.', tasks: ['infrastructure'] },
  { say: 'Please generate a report on cloud costs per team and another one on unused resources', tasks: ['inventory', 'inventory'] },
  { say: 'Connect Grafana to Loki, and import dashboards 1860 and 315', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'Prio 1: get the payment service running again. Prio 3: tidy up the dashboards.', tasks: ['infrastructure', 'infrastructure'] },
  { say: '3 new joiners start on Monday, create accounts for them in GitLab and Grafana', tasks: ['security'] },
  { say: 'stage 1: lint\nstage 2: test\nstage 3: deploy\nplease build a pipeline like that', tasks: ['cicd'] },
  { say: 'Use Kaniko instead of Docker for the image builds', tasks: ['cicd'] },
  { say: 'Make the homepage load faster', tasks: ['development'] },
  { say: 'The API must not be reachable from outside, please restrict it to the VPN', tasks: ['security'] },
  { say: 'Scan repo, fix what is found, open a PR', tasks: ['security', 'security > 1', 'development'] },
  { say: 'Scale all deployments in dev to zero, apart from the database', tasks: ['infrastructure'] },
  { say: 'Deploy Redis, no, Valkey', tasks: ['infrastructure'], titles: ['Valkey'] },
  { say: 'Set replicas of web to 4. Hmm, 6 is better.', tasks: ['infrastructure'] },
  { say: 'drop the table tmp_orders but make a dump of it first', tasks: ['infrastructure > 2', 'infrastructure'] },
  { say: 'how about we deploy Tempo as well?', tasks: ['infrastructure'] },
  { say: 'Is anybody using the old wiki? If not, shut it down.', says: ['shut it down'] },
  { say: 'Please give me the top 10 pods by memory', tasks: ['inventory'] },
  { say: 'run terraform plan for infra/prod', tasks: ['infrastructure'] },
  { say: 'Cancel the security thing', known, calls: ['cancel 2'] },
  { say: "how's it looking with monitoring and the scan?", known, calls: ['status 1', 'status 2'] },
  { say: 'please retry number 2', known, calls: ['retry 2'] },
  { say: 'forget the pipeline task', known, calls: ['cancel 3'] },
  { say: 'cancel whatever is still waiting', known, calls: ['list current'] },
  { say: 'While the scan is running, deploy Redis', known, tasks: ['infrastructure'] },
  { say: 'Great work! Is the monitoring already up?', known, calls: ['status 1'] },
  { say: 'pause everything', known },
  ...talk(
    'We are thinking about moving to Nomad', 'Could it be that the deployment failed?', 'Please be patient with the new colleague', 'The cluster needs love', 'I was told that Anna will rotate the keys', 'Who should I ask to deploy Kafka?',
    'Do not under any circumstances restart the master', 'Deploy or not deploy, that is the question', 'Just kidding', 'Let us hope the backup works', 'Our plan was to scan the images in May', 'How would you deploy this?', 'We were about to deploy Redis when the network went down', 'Can you believe they deleted prod?', 'Restarting did not help.', 'no more tasks please'
  )
]
