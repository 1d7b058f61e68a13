import { talk, type Sentence } from './sentence.ts'

/** Work beside a refusal, places shared by several, and greetings of more than one part. */
export const beside: readonly Sentence[] = [
  ...talk('Hello! How are you doing today?', 'good morning, hope you slept well', 'Hi, I hope you had a nice weekend!', "Don't touch prod while we are migrating."),
  { say: "Don't hesitate to scale up the workers.", tasks: ['infrastructure'], titles: ['Scale Up Workers'] },
  { say: 'Please do not hesitate to restart the gateway.', tasks: ['infrastructure'], titles: ['Restart Gateway'] },
  { say: 'Avoid restarting the database while you rotate its password.', tasks: ['security'], titles: ['Rotate Password'], says: ['Avoid restarting the database'] },
  { say: 'Do not touch the indexes when you upgrade Postgres.', tasks: ['infrastructure'], titles: ['Upgrade Postgres'] },
  { say: 'For both staging and production, configure backups and monitoring.', tasks: ['infrastructure', 'infrastructure'], titles: ['Backups Staging and Production', 'Monitoring Staging and Production'] },
  { say: 'Set up alerts for CPU and memory in staging and prod.', tasks: ['infrastructure'], titles: ['Alerts for CPU and Memory in Staging and Prod'] },
  { say: 'Install cert-manager, external-dns, and sealed-secrets in the platform cluster, each in its own namespace.', tasks: ['infrastructure', 'infrastructure', 'infrastructure'], titles: ['Install Cert-Manager in Platform Cluster', 'External-Dns', 'Sealed-Secrets'] }
]
