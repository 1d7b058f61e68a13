import type { Category } from '@cortex/contracts'

/** What a word says about the kind of work: 9 decides it, 3 names the field itself, 2 belongs to it, 1 leans to it. The plural with "s" is meant, too. */
export const fields: Readonly<Record<Exclude<Category, 'general'>, Readonly<Partial<Record<9 | 3 | 2 | 1, string>>>>> = {
  security: {
    3: `
      default-deny, openssl, openssh, log4j, access tokens, account of, accounts of, acl, admin access, admin rights, admission policies, admission policy, antivirus, api tokens, apparmor,
      attestation, bot protection, breach, brute force, ca, captcha, clamav, code signing, cors, credential, csp, csrf, cve, dast, dependency scanning,
      distroless, exploit, external secrets, fail2ban, falco, gatekeeper, harden, hardening, hipaa, honeypot, hsm, ids, incident response, intrusion,
      ips, iso 27001, kms, kyverno, ldap, login of, logins of, malware, misconfiguration, networkpolicies, networkpolicy, opa, open port, owasp, pam,
      passkeys, penetration test, penetration testing, pentest, personal data, phish, phishing, pod security, privilege escalation, provenance,
      ransomware, read access, root access, root ca, rootless, saml, sast, scim, sealed secrets, sealed-secrets, seccomp, secret management,
      secret scanning, secret store, secrets management, security, security audit, security headers, security scan, security scanning, selinux,
      semgrep, service account, siem, signing key, signing keys, slsa, snyk, sql injection, ssh key, sudo, threat, threat model, trivy, two-factor,
      vulnerabilities, vulnerability, wazuh, write access, xss
    `,
    2: `
      user, 2fa, access, access control, access log, access review, account, admins group, allowlist, api key, api keys, attack, audit log, audit logging,
      authz, blacklist, blocklist, blocks, cert, cert-manager, certificate, cipher, cis, cis benchmark, compliance, cosign, creds, cve feed, ddos,
      denylist, digest, dkim, dmarc, encrypt, encrypted, encryption, exposed, firewall, forensics, gdpr, guest access, hsts, https, iam, image digests,
      image signing, iso27001, key, key rotation, keys, leak, leaked, least privilege, login attempt, mfa, mtls, network policies, network policy,
      no container, oidc, open ports, password, password policy, pci, permission, port, ports open, privilege, privileged, quarantine, rbac,
      read-only access, readers group, revoke, root containers, rotate, run as root, running as root, runs as root, secret, security context,
      security group, session recording, sign, signatures, soc2, spf, spoofing, ssh, ssh keys, ssl, sso, suspicious, tls, token, tor, unseal,
      user account, vault, waf, whitelist, zero trust
    `,
    1: `
      audit, authentication, login attempts, patch, roles, scan, scanner, scanning, sealed, user
    `
  },
  cicd: {
    9: `
      on each commit, on each merge, on each pr, on each pull request, on each push, on every commit, on every merge, on every pr,
      on every pull request, on every push, on merge, on push
    `,
    3: `
      argo, argo cd, argo rollouts, argocd, artifactory, azure devops, bamboo, build agent, build image, build matrix, build pipeline, build server,
      build step, buildah, buildkite, canary deployment, cd, ci, ci/cd, cicd, circleci, code coverage gate, container build, container registry,
      continuous delivery, continuous deployment, continuous integration, dagger, deploy job, deployment job, deployment pipeline, docker build, drone,
      earthly, feature environments, flux, fluxcd, github actions, github runner, github workflow, gitlab ci, gitlab runner, gitlab-ci, harbor,
      jenkins, jenkinsfile, kaniko, merge checks, nexus, pipeline, pipeline stage, registry, release branch, release candidate, release pipeline,
      required checks, review apps, runner pool, skaffold, sonarqube, spinnaker, status checks, teamcity, tekton, travis, woodpecker, workflow
    `,
    2: `
      artifact, auto deploy, auto-deploy, automated release, automatic deployment, blue-green, blue/green, branch protection, build and push,
      build cache, build job, build script, build stage, build time, canary, changelog generation, dependabot, deploy stage, deployment workflow,
      deploys, flaky builds, gitops, image build, main branch, merge queue, nightly build, pre-commit, precommit, preview environment, promotion,
      quality gate, release automation, release notes, release process, release train, release workflow, renovate, rollout strategy, runner,
      semantic release, semantic-release, the build
    `,
    1: `
      build, github, lint, promote, release, stage
    `
  },
  infrastructure: {
    9: `
      replica
    `,
    3: `
      activemq, airflow, aks, alertmanager, ami, ansible, app server, autoscaler, autoscaling, bastion, calico, cassandra, cdn, ceph, cilium,
      clickhouse, cloud-init, cloudflare, cloudnativepg, cluster, cnpg, configmaps, connection pool, consul, coredns, cpu limit, crossplane, daemonset,
      datadog, dhcp, digitalocean, docker compose, docker swarm, ec2, eks, elasticsearch, endpoint slice, envoy, etcd, file server, filebeat,
      firewalld, flannel, fluentbit, fluentd, galera, gateway api, gke, gpu, grafana, graylog, haproxy, helm, helm chart, helm release, helmfile,
      hetzner, hpa, influxdb, infra, infrastructure, ingress, ingresses, init container, istio, jaeger, jump host, k3s, k8s, kafka, karpenter, keda,
      keepalived, kernel, keycloak, kibana, kubernetes, kustomization, kustomize, linkerd, linode, load balancer, loadbalancer, log level,
      log retention, log shipping, logstash, loki, longhorn, machine images, mail server, mailserver, mariadb, memcached, memory limit, metabase,
      metallb, mimir, minio, mongodb, monitoring, mosquitto, mqtt, mysql, nagios, namespace, nas, nats, new relic, newrelic, nfs, nginx, node pool,
      nodes, nomad, ntp, observability, opensearch, openshift, openstack, opentelemetry, opsgenie, otel, pagerduty, patroni, persistent volumes,
      pgpool, postgres, postgresql, prometheus, promtail, proxmox, pulsar, pulumi, rabbitmq, rancher, read replica, redis, san, sentry, service mesh,
      sidecar, smtp server, spot instances, statefulset, storage class, storage classes, subnet, superset, swap, sysctl, systemd, tempo, temporal,
      terraform, thanos, traefik, vector, velero, vmware, vpc, vpn, web server, zabbix, zookeeper
    `,
    2: `
      tenant, a record, affinity, alert, alerting, annotation, autoscale, aws, azure, backup, bandwidth, bill, broker, bucket, cache, capacity, clock,
      cloud cost, cname, configmap, connection pooling, consumer, cordon, cost, cpu, cron, cron job, cronjob, dashboard, database, datacenter,
      dead letter queue, deploy, deployment, disaster recovery, disk, disk space, dns, domain, drain, dump, env var, environment, environment variable,
      exporter, failover, failover test, garbage collection, gateway, gcp, health endpoint, heap, high availability, host, hostname, incident, index,
      indexes, instance, instance type, iops, job queue, jvm, labels, latency slo, lifecycle policies, lifecycle policy, limit, liveness, log,
      log aggregation, logging, mail queue, mailbox, maintenance window, mem, memory, message queue, metrics, migration, mx record, network,
      networking, node, pager, partition, persistent volume, pgbouncer, pod, probe, provision, proxy, pvc, queue, quota, raid, rate limits, readiness,
      reboot, record, region, replication, request limit, resource limits, restart, restore, rollout, router, s3, scale, scaling policy,
      scheduler, server, slo, snapshot, sql dump, stack, staging environment, storage, subdomain, switch, table, taints, terraform module, timeout,
      timezone, toleration, topic, tracing, traffic, ttl, uptime, vm, volume, workload, zone
    `,
    1: `
      docker, header, health check, http, install, instances, migrate, prod, production, redirect, scaling, service, set up, staging, upgrade
    `
  },
  inventory: {
    3: `
      admin rights report, all certificates, all clusters, all licences, all licenses, all machines, all repositories, all servers, all teams,
      all versions, asset, asset list, bill of materials, catalog, catalogue, cmdb, cost report, dependency graph, dependency tree, enumerate,
      everybody with, everyone with, idle resources, inventories, inventory, licence report, license report, list of, number of, orphaned, outdated,
      overview of, report of, sbom, service catalog, service catalogue, software inventory, stock, top 10, top 5, top five, top ten, unused,
      unused resources, usage report, which images, which versions, who has access, zombie resources
    `,
    2: `
      all container images, all databases, all hosts, all images, all our, all services, dependency map, deprecated apis, document all, end of life,
      end-of-life, eol, every image, everything that runs, everything we run, expire, expiring, find all, images in use, licence, license, map all,
      map out all, mapping of, owners, ownership, register of, tag coverage, untagged, versions in use, what is running, what runs, what we run,
      which services, who owns
    `,
    1: `
      images, list, spreadsheet, versions
    `
  },
  development: {
    3: `
      .net, a11y, accessibility, angular, api client, babel, broken link, bug, bugfix, c#, c++, carousel, cart, checkbox, class, classes, cli, code,
      code comments, code review, code style, codebase, compile errors, compiler, component, cookie banner, crawler, css, default branch,
      deprecation warning, django, dockerfile, docstrings, dropdown, e2e tests, elixir, email template, end-to-end tests, endpoint, eslint,
      exporter script, express, fastify, favicon, feature, flutter, footer, front-end, frontend, function, git history, golang, graphql, home page,
      homepage, html, i18n, importer, integration test, java, javascript, kotlin, l10n, laravel, libraries, library, makefile, memory leak, method,
      microservice, middleware, modal, monorepo, navbar, next.js, node.js, npm package, null pointer, nuxt, openapi, orm, pagination, php, pr,
      pull request, python, race condition, rails, react, readme, refactor, refactoring, regex, ruby, rust, scala, scraper, sdk, search bar, seo,
      serializer, shopping cart, sidebar, spring, sql query, stack trace, state machine, storybook, svelte, swagger, swift, tailwind, tech debt,
      technical debt, test coverage, tooltip, translations, type checking, type errors, typescript, typo, unit of work, unit test, unit-test,
      view model, vite, vue, web page, webhook, webpack
    `,
    2: `
      column, adr, algorithm, android, api, app, application, architecture decision, avatar, branch, branches, button, changelog, chatbot, checkout flow,
      client library, comments, constant, crash, csv, dark mode, dashboard page, database query, dependencies, dependency, desktop app, develop, docs,
      document, documentation, error handling, error message, exception, export feature, extension, feature branch, feature flag, fixture, flag, form,
      formatter, implement, import, input validation, ios, issue, landing page, link, linter, linting, logic, login page, logo, main branch protection,
      master branch, migration script, mobile, mobile app, mock, module, notifications page, onboarding flow, package, page, parser, pdf, plugin,
      printer, profile page, prototype, queries, query, rename, repo, repository, repository report, rest, retries, sample data, schema, screen,
      script, search feature, seed data, sign-up, signup, src, test, test data, timeouts, types, ui, user profile, user story, ux, validation,
      variable, web app
    `,
    1: `
      backend, checkout, review, site, template, website
    `
  }
}
