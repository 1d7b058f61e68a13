import type { Sentence } from './sentence.ts'

/** Names with dots, slashes and semicolons inside, quoted names, and run-on sentences. */
export const names: readonly Sentence[] = [
  { say: 'Deploy https://git.example.com/shop/charts.git;ref=v1.2 to staging', tasks: ['infrastructure'] },
  { say: 'Replace the logo in web/src/assets/logo.svg and in web/public/index.html', tasks: ['development'] },
  { say: 'Rename the service "stop and go" to "valet"', tasks: ['infrastructure'] },
  { say: "Create a namespace called 'test, then delete'", tasks: ['infrastructure'] },
  { say: 'Set the env var DATABASE_URL="postgres://app@db.internal:5432/orders;sslmode=require" on the api', tasks: ['infrastructure'] },
  { say: 'Check k8s/overlays/prod/kustomization.yaml for deprecated fields', tasks: ['infrastructure'] },
  { say: 'Add the annotation cert-manager.io/cluster-issuer: letsencrypt to the shop ingress', tasks: ['infrastructure'] },
  { say: 'Run `npm audit && npm test` in the web repo', tasks: ['development'] },
  { say: 'Run the command `kubectl get pods; kubectl get svc` on every cluster', tasks: ['infrastructure'] },
  { say: 'Upgrade from v1.2.3 to v1.3.0, i.e. the latest release, of cert-manager', tasks: ['infrastructure'] },
  { say: 'Deploy nginx:1.27-alpine, redis:7.4 and postgres:17', tasks: ['infrastructure', 'infrastructure', 'infrastructure'] },
  { say: 'So basically the marketing people want a landing page which means we need a namespace for it and a certificate and somebody has to set up the DNS record too', tasks: ['infrastructure', 'security', 'infrastructure'] },
  { say: 'ok so can you deploy redis and then the api and then run the tests and if they pass tag a release and let me know', tasks: ['infrastructure', 'infrastructure > 1', 'development > 2', 'cicd > 3'] },
  { say: 'Expose the service on port 8443 at admin.shop.example.com, with TLS', tasks: ['infrastructure'] },
  { say: 'Change the owner of repo platform/charts to @anna', tasks: ['development'] },
  { say: 'Add team-a, team-b, and team-c to the readers group', tasks: ['security'] },
  { say: 'Add prometheus.yml, alerts.yml and grafana.ini to the monitoring repo', tasks: ['infrastructure'] },
  { say: 'deploy mongo,redis,rabbitmq', tasks: ['infrastructure', 'infrastructure', 'infrastructure'] },
  { say: 'Move /var/lib/docker to /data on node-1; node-2 and node-3', tasks: ['infrastructure'] },
  { say: 'Deploy Redis & Postgres', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'I would like the following, thank you: one (1) Redis, two (2) API replicas', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'Set replicas: 3 and strategy: Recreate on the api deployment', tasks: ['infrastructure'] }
]
