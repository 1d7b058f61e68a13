import type { Sentence } from './sentence.ts'

/** Lists whose parts have phrases of their own, and phrases with lists inside. */
export const lists: readonly Sentence[] = [
  { say: 'Set up network policies, dashboards with alerts, and a backup schedule', tasks: ['security', 'infrastructure', 'infrastructure'] },
  { say: 'Set up dashboards with alerts, network policies and a backup schedule', tasks: ['infrastructure', 'security', 'infrastructure'] },
  { say: 'Set up a CI pipeline, dashboards with alerts and network policies', tasks: ['cicd', 'infrastructure', 'security'] },
  { say: 'Set up monitoring, CI/CD with lint and tests, and network policies', tasks: ['infrastructure', 'cicd', 'security'] },
  { say: 'Set up the CI/CD pipeline for the shop (lint, test, build), the monitoring stack (Prometheus, Grafana) and network policies', tasks: ['cicd', 'infrastructure', 'security'] },
  { say: 'I want to deploy Prometheus; also Grafana dashboards; also a CI pipeline', tasks: ['infrastructure', 'infrastructure', 'cicd'] },
  { say: 'Set up logging (Loki), tracing (Tempo) and metrics (Prometheus) for the cluster', tasks: ['infrastructure', 'infrastructure', 'infrastructure'] },
  { say: 'Set up GitHub Actions with lint and test, and a nightly security scan', tasks: ['cicd', 'security'] },
  { say: "I'd like a backup of postgres every night at 2am and dashboards for it", tasks: ['infrastructure', 'infrastructure > 1'] },
  { say: 'Implement user authentication with OAuth2, JWT and refresh tokens', tasks: ['development'] },
  { say: 'Add monitoring and alerting to the checkout service and then load test it', tasks: ['infrastructure', 'development > 1'] },
  { say: 'Set up a CI pipeline for the shop, monitoring and network policies', tasks: ['cicd', 'infrastructure', 'security'] },
  { say: 'Set up monitoring in staging and a CI pipeline', tasks: ['infrastructure', 'cicd'] },
  { say: 'Set up monitoring, logging and dashboards with alerts', tasks: ['infrastructure', 'infrastructure', 'infrastructure'] },
  { say: 'Deploy the shop with network policies, monitoring and backups', tasks: ['infrastructure'] },
  { say: 'Set up a CI pipeline with lint, tests and a security scan', tasks: ['cicd'] },
  { say: 'Set up dashboards for the shop, the CI pipeline and the backups', tasks: ['infrastructure'] },
  { say: 'Deploy Redis with persistence and Postgres with replicas', tasks: ['infrastructure', 'infrastructure'] },
  { say: 'I need monitoring with alerts, a security scan and a CI pipeline with tests', tasks: ['infrastructure', 'security', 'cicd'] },
  { say: 'Configure RBAC for the dev team, network policies for payments and a backup of etcd', tasks: ['security', 'security', 'infrastructure'] },
  { say: 'Set up monitoring for the shop, a pipeline for the blog and backups for the wiki', tasks: ['infrastructure', 'cicd', 'infrastructure'] },
  { say: 'Set up Prometheus with alertmanager, a CI pipeline and a vulnerability scan', tasks: ['infrastructure', 'cicd', 'security'] },
  { say: 'Deploy Redis; the old one is broken', tasks: ['infrastructure'] }
]
