import { talk, type Sentence } from './sentence.ts'

/** Questions that want an answer, questions that are requests, and talk about work that asks for none. */
export const asked: readonly Sentence[] = [
  ...talk(
    'should we scale api?', 'What would happen if we deleted the staging namespace?', 'could you tell me how to deploy Redis?', 'Would you deploy Redis or Memcached?', 'Is it a good idea to restart the database now?',
    'Can Redis be deployed without downtime?', 'Do I need to restart the pods after changing a config map?', 'How long does it take to deploy the shop?', "What's the best way to scan images?", 'Who deployed Redis?',
    'When should we upgrade the cluster?', 'Imagine we deployed to three regions.', 'Suppose I wanted to deploy Kafka, how would I do it?', 'I wonder whether we should rotate the keys', 'Tom deployed Redis and scanned the images this morning.',
    'Yesterday I restarted the API, but it did not help.', 'Ben says we should move to Istio.', 'I am going to deploy Redis myself', "I'll restart the API later", 'We will be deploying the shop on Monday', 'The team is scanning the images',
    'Thanks for deploying Redis!', 'Great job on the migration', 'Sorry, wrong window', 'Is anyone there?', 'what did you do yesterday?', 'Have you ever deployed Kafka?', 'Can you deploy things?', 'Are you able to scan images?',
    'My favourite tool to deploy things is Helm', 'Deploying on Fridays is a bad idea', 'Deployment went fine', 'Redis', 'Which is faster: deploy with Helm or deploy with Kustomize?', 'It says "deploy failed, restart the pod". What does that mean?',
    'If I deploy Redis, will the API restart?', 'What does "scale the api" mean?', 'Would it make sense to split the monolith?', 'Could we have avoided the outage?', 'hmm let me think'
  ),
  { say: 'can you scale api to 3?', tasks: ['infrastructure'] },
  { say: 'Would you mind restarting the ingress?', tasks: ['infrastructure'] },
  { say: 'Could someone please look after the failing backups?', tasks: ['infrastructure'] },
  { say: 'May I ask you to rotate the signing keys?', tasks: ['security'] },
  { say: 'Any chance you could deploy Loki today?', tasks: ['infrastructure'] },
  { say: 'I was wondering if you could add a lint step to the pipeline', tasks: ['cicd'] },
  { say: 'Is there any way you could restart the worker for me?', tasks: ['infrastructure'] },
  { say: 'Thanks for the scan! Now please deploy the shop.', tasks: ['infrastructure'] },
  { say: 'You said the scan was clean. Great. Deploy the api to prod.', tasks: ['infrastructure'] },
  { say: "I'd appreciate it if you deployed Grafana", tasks: ['infrastructure'] },
  { say: "It'd be nice to have dashboards for the shop", tasks: ['infrastructure'] },
  { say: 'What about adding a readiness probe to the api?', tasks: ['infrastructure'] },
  { say: 'Shall we get going? Deploy Redis to staging.', tasks: ['infrastructure'] },
  { say: 'The database is slow. Should we scale it? Please check the slow query log first.', tasks: ['infrastructure'] },
  { say: 'Feel free to delete the old preview environments', tasks: ['cicd'] },
  { say: 'Go ahead and deploy the shop to staging', tasks: ['infrastructure'] },
  { say: 'Tell the team that the maintenance is over', tasks: ['general'] },
  { say: 'I need somebody to audit the IAM roles', tasks: ['security'] },
  { say: 'The certificate needs to be renewed', tasks: ['security'] },
  { say: 'All images should be scanned for CVEs, please', tasks: ['security'] }
]
