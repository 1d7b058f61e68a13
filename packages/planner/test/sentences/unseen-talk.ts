import { talk, type Sentence } from './sentence.ts'

const known = true

/** Written on the third day, before it was run, of more kinds that were found wanting: work taken back, work behind a question, greetings and praise, lists in lists. */
export const unseenTalk: readonly Sentence[] = [
  ...talk(
    'Delete the staging cluster (kidding!)', 'Upgrade Redis to 8 please. Oh wait, we froze changes this week, so no.',
    'Scale the api to 10, though come to think of it, not today', 'Set up Vault. Hmm, no. Let us keep it as it is.', 'I almost asked you to wipe the cache, glad I did not',
    'Hello there, scaling bot', 'Morning! The pipeline looks healthy today', 'Cheers for the backup, works like a charm', 'haha ok', 'my bad, ignore me', 'hm, interesting', 'The dashboards came out great', 'wow, the scan was fast', 'k thx bye', 'you rock', 'Hey team, monitoring seems fine again'
  ),
  { say: 'Is the certificate still valid? If it is not, renew it.', says: ['**Renew'] },
  { say: 'Did the scan find anything? If it did, open a ticket.', known, calls: ['status 2'], says: ['**Open Ticket**'] },
  { say: 'Have the tests passed yet? As soon as they have, tag the release.', calls: ['find tests'], says: ['**Tag Release**'] },
  { say: 'Are there any failed tasks? If there are none, deploy the shop.', known, calls: ['list failed'], says: ['**Deploy Shop**'] },
  { say: 'Do we have backups? If we don\'t, configure nightly backups please', says: ['**Configure Nightly Backups**'] },
  { say: 'Good evening! Would you scan the manifests, and thanks for yesterday', tasks: ['security'], titles: ['Manifests'] },
  { say: 'Looks great! Now deploy it to staging: the shop', tasks: ['infrastructure'], titles: ['Staging'] },
  { say: 'Great job yesterday. Today please drain node-7.', tasks: ['infrastructure'], titles: ['node-7'] },
  { say: 'Deploy Kafka, no wait, deploy NATS', tasks: ['infrastructure'], titles: ['NATS'] },
  { say: 'Set up Loki and Tempo; on second thought leave out Tempo', tasks: ['infrastructure'], titles: ['Loki'] },
  { say: '- Data\n  - postgres\n  - redis\n- Delivery\n  - CI pipeline\n  - container registry', tasks: ['infrastructure', 'infrastructure', 'cicd', 'cicd'], titles: ['Postgres', 'Redis', 'Pipeline', 'Registry'] },
  { say: 'Please set up:\n1. Logging\n   * loki\n   * promtail\n2. Secrets\n   * vault', tasks: ['infrastructure', 'infrastructure', 'security'], titles: ['Loki', 'Promtail', 'Vault'] },
  { say: '* Kubernetes\n  * add two nodes\n  * upgrade to 1.34\n* Docs\n  * write a runbook', tasks: ['infrastructure', 'infrastructure', 'general'], titles: ['Nodes', '1.34', 'Runbook'] },
  { say: 'Carla handles the firewall, could you do the VPN?', tasks: ['infrastructure'], titles: ['VPN'] }
]
