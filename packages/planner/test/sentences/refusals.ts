import { talk, type Sentence } from './sentence.ts'

/** What is not to be done, and what was said and taken back. */
export const refusals: readonly Sentence[] = [
  ...talk(
    "don't scale anything", 'No need to restart the pods', 'Please leave the DNS alone', 'under no circumstances delete the database', 'I would rather not deploy today', "Let's not upgrade the cluster", 'You must not touch prod',
    'Nobody should restart the database', 'Hold off on deploying the shop', 'We decided against deploying Istio', 'Never deploy on Fridays', 'Avoid restarting the database', "I'm not asking you to deploy Redis",
    "It's not necessary to scan the images", 'Stop! Do not deploy the shop!', 'Forget about the migration', 'Refrain from deploying to prod', 'deploy redis? no thanks', 'Neither deploy Redis nor restart the API',
    "There's no need to rotate the keys, I already did that", 'We no longer need the Redis cluster deployment', "Deploy Redis... no wait, don't"
  ),
  { say: 'Scale the api to 3, and do not touch DNS', tasks: ['infrastructure'] },
  { say: 'Upgrade the ingress without touching DNS', tasks: ['infrastructure'] },
  { say: 'Scan the images, but leave the manifests alone', tasks: ['security'] },
  { say: 'Deploy Redis, not Memcached', tasks: ['infrastructure'], titles: ['Redis'] },
  { say: 'Deploy Redis instead of Memcached', tasks: ['infrastructure'] },
  { say: 'Rather than deploying Redis, scan the images', tasks: ['security'] },
  { say: 'Skip the tests and just deploy the api', tasks: ['infrastructure'] },
  { say: 'Restart the api; no need to restart the worker', tasks: ['infrastructure'] },
  { say: "Deploy Redis. Don't configure backups. Don't add dashboards either.", tasks: ['infrastructure'] },
  { say: 'Set up monitoring and logging but no tracing', tasks: ['infrastructure'] },
  { say: 'Set up everything for the shop except monitoring: a database, a cache and a pipeline', says: ['except monitoring', 'Shall I start now?'] },
  { say: 'Scale api to 3 replicas. Actually, make that 5.', tasks: ['infrastructure'], titles: ['5'] },
  { say: 'scale api to 3, sorry, 4 replicas', tasks: ['infrastructure'] },
  { say: 'Deploy Redis. Scratch that, deploy Valkey.', tasks: ['infrastructure'], titles: ['Valkey'] },
  { say: 'Deploy Redis to prod - I mean staging', tasks: ['infrastructure'] },
  { say: 'Deploy Redis. Actually, no. Just scan the images.', tasks: ['security'] },
  { say: 'Deploy Redis and scan the images. On second thought, skip the scan.', tasks: ['infrastructure'] },
  { say: 'Deploy Redis, scan the images... wait, forget the scan', tasks: ['infrastructure'] },
  { say: 'Instead of restarting the database, restart the connection pooler', tasks: ['infrastructure'] },
  { say: "We don't need monitoring, we need logging", tasks: ['infrastructure'] },
  { say: "I don't want you to restart the api, I want you to scale it to 4", tasks: ['infrastructure'] },
  { say: 'Do not deploy until the scan is done. Scan the images.', tasks: ['security'] },
  { say: 'Never mind the dashboards, just deploy Prometheus', tasks: ['infrastructure'] },
  { say: 'Please remove the firewall rule, but not the security group', tasks: ['security'] },
  { say: "Don't forget the backups: set up nightly backups for orders", tasks: ['infrastructure'] },
  { say: "Why don't you deploy Redis to staging?", tasks: ['infrastructure'] },
  { say: "Couldn't you just restart the ingress?", tasks: ['infrastructure'] },
  { say: 'This is really urgent, the certificate of the shop expired! Renew it!', tasks: ['security high'] },
  { say: 'Scale web to 4 and api to 6. Actually make the api 8.', tasks: ['infrastructure', 'infrastructure'] }
]
