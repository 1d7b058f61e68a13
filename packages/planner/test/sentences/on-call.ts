import { talk, type Sentence } from './sentence.ts'

/** Terse, in a hurry, in capitals, with typos and with the separators a chat has. */
export const onCall: readonly Sentence[] = [
  { say: 'restart api-gw prod', tasks: ['infrastructure'] },
  { say: 'scale api 3 -> 6, worker 2 -> 4', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'RESTART THE INGRESS CONTROLLER IN PROD NOW', tasks: ['infrastructure'] },
  { say: 'DEPLOY REDIS AND POSTGRES. THEN RUN THE SMOKE TESTS.', tasks: ['infrastructure', 'infrastructure', 'development > 1 2'] },
  { say: 'PLEASE DO NOT RESTART THE DATABASE' },
  { say: 'pls depoly grafana to staging', tasks: ['infrastructure'] },
  { say: 'restrat the payment pods plz', tasks: ['infrastructure'] },
  { say: 'rollback checkout to v1.8.2 asap', tasks: ['infrastructure high'] },
  { say: 'rotate db creds / restart api / clear cache', tasks: ['security', 'infrastructure', 'infrastructure'] },
  { say: 'drain node-7, cordon node-8; reboot node-7', tasks: ['infrastructure', 'infrastructure', 'infrastructure'] },
  { say: 'need eyes on prod - checkout 500s everywhere' },
  { say: 'bump memory limit on worker to 2Gi + restart it', tasks: ['infrastructure', 'infrastructure > 1'] },
  { say: 'kill all pods in crashloop in ns payments', tasks: ['infrastructure'] },
  { say: 'p1: restore orders db from last nights snapshot', tasks: ['infrastructure'] },
  { say: 'disk full on node-3. clean up old images there', tasks: ['infrastructure'] },
  { say: 'fix dns for shop.example.com, its resolving to the old lb', tasks: ['infrastructure'] },
  { say: 'flush redis cache on eu-west-1 only', tasks: ['infrastructure'] },
  { say: 'get me logs from payments-api for the last hr', tasks: ['infrastructure'] },
  { say: 'block 203.0.113.7 at the firewall, then check the access logs for it', tasks: ['security', 'security > 1'] },
  { say: 'scan + patch all nodes', tasks: ['security'] },
  { say: 'helm upgrade shop ./charts/shop -f values-prod.yaml', tasks: ['infrastructure'] },
  { say: 'kubectl rollout restart deploy/api -n payments', tasks: ['infrastructure'] },
  { say: 'urgent!!! rotate the stripe key!!! it was leaked', tasks: ['security high'] },
  { say: 'deploy api v2.3.1,worker v2.3.1 and web v5.0.0', tasks: ['infrastructure', 'infrastructure', 'infrastructure'] },
  ...talk('wtf is going on with prod', 'who is on call?', 'ack', 'brb', 'looking into it', 'its back up, false alarm', 'PROD IS DOWN!!!', 'nvm')
]
