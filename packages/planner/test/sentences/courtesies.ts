import { talk, type Sentence } from './sentence.ts'

/** Greetings, praise and small talk near the words of work, work shared out, and things under a heading. */
export const courtesies: readonly Sentence[] = [
  ...talk(
    'Hello, deploy bot!', 'Good morning, dear build assistant', 'hey robot', 'Release notes look good', 'Build scripts ran fine', 'Test results look great, thanks!', 'Build logs seem ok now', 'Nice work on the quotas', 'Really great job with the rollout!',
    'Don\'t just delete the old volumes!', 'Don\'t only look at staging'
  ),
  ...['ok thanks, that\'s all', 'Ugh', 'sorry, wrong window', 'good bot', 'ok, nice. bye!', 'phew', 'You are the best', 'That was quick, thank you', 'nice one, see you tomorrow'].map((say) => ({ say, says: [/thank/i.test(say) ? 'You are welcome.' : 'All right.'] })),
  { say: 'delete this conversation', says: ['in its own menu'] },
  { say: 'please clear the chat history', says: ['in its own menu'] },
  { say: 'Rename this chat to Payments', says: ['in its own menu'] },
  { say: 'Delete the chat service', tasks: ['infrastructure'], titles: ['Chat Service'] },
  { say: 'Hello deploy bot, please scan the images', tasks: ['security'], titles: ['Scan Images'] },
  { say: 'Hi, restart the agent', tasks: ['infrastructure'], titles: ['Agent'] },
  { say: 'Make the release notes look good', tasks: ['cicd'], titles: ['Release Notes'] },
  { say: 'Hi! Quick one - could you check open TODOs and also bump dependencies? cheers, Sam', tasks: ['general', 'development'], titles: ['Todos', 'Dependencies'] },
  { say: 'Small request: rotate the signing keys, please. Best, Kim', tasks: ['security'], titles: ['Keys'] },
  { say: 'Alice will set up the CI pipeline, you do the monitoring', tasks: ['infrastructure'], titles: ['Set Up Monitoring'], says: ['Alice will set up the CI pipeline'] },
  { say: 'Ben does the network policies and you set up the quotas', tasks: ['infrastructure'], titles: ['Quotas'], says: ['Ben does the network policies'] },
  { say: 'I\'ll take the database, you restart the ingress', tasks: ['infrastructure'], titles: ['Restart Ingress'] },
  { say: 'Don\'t just scan the manifests, fix them too', tasks: ['security', 'development > 1'], titles: ['Scan Manifests', 'Fix Manifests'] },
  { say: 'You shouldn\'t just restart the api, scale it too', tasks: ['infrastructure', 'infrastructure > 1'], titles: ['Restart', 'Scale'] },
  { say: 'Do not only build the image, also push it', tasks: ['cicd', 'cicd > 1'], titles: ['Build', 'Push'] },
  { say: 'Don\'t just restart the worker. Scale it too.', tasks: ['infrastructure', 'infrastructure > 1'], titles: ['Restart', 'Scale'] },
  { say: '1. Monitoring\n   - prometheus\n   - grafana\n2. Security\n   - trivy scan\n   - network policies', tasks: ['infrastructure', 'infrastructure', 'security', 'security'], titles: ['Prometheus', 'Grafana', 'Run Trivy Scan', 'Network Policies'] },
  { say: '- Staging\n  - redis\n  - postgres\n- Prod\n  - redis', tasks: ['infrastructure', 'infrastructure', 'infrastructure'], titles: ['Redis Staging', 'Postgres Staging', 'Redis Prod'] },
  { say: '- Databases:\n  * MySQL\n  * MongoDB\n- Messaging:\n  * Kafka', tasks: ['infrastructure', 'infrastructure', 'infrastructure'], titles: ['MySQL', 'MongoDB', 'Kafka'] },
  { say: '1) Observability\n    a) Loki\n    b) Tempo\n2) CI\n    a) build pipeline\n    b) release pipeline', tasks: ['infrastructure', 'infrastructure', 'cicd', 'cicd'], titles: ['Loki', 'Tempo', 'Build', 'Release'] },
  { say: '- Deploy:\n  - grafana\n  - loki', tasks: ['infrastructure', 'infrastructure'], titles: ['Deploy Grafana', 'Deploy Loki'] },
  { say: '- Redis\n  - two replicas\n  - persistence', tasks: ['infrastructure'], titles: ['Redis'] },
  { say: '- Backups\n  - nightly\n  - to S3', tasks: ['infrastructure'], titles: ['Backups'] }
]
