import { categoryOf } from './categories.ts'
import { places } from './drafts.ts'
import { determiners } from './lexicon.ts'
import { words, type Token } from './tokens.ts'

/** Nouns of what is delivered by itself: they rarely are only a part of something else. */
const deliverables = words(`ci/cd cicd pipeline pipelines policies dashboard dashboards backup backups monitoring logging tracing alerting observability scan scans scanning inventory audit
 cluster clusters autoscaling gitops sbom sboms schedule workflow workflows`)

/** Products that are installed each by itself. */
export const components = words(`redis postgres postgresql mysql mariadb mongodb kafka rabbitmq nginx traefik istio linkerd vault keycloak minio jenkins argocd elasticsearch opensearch prometheus grafana loki
 cert-manager consul etcd memcached cassandra clickhouse nats haproxy envoy harbor gitea sonarqube nexus kong jaeger falco trivy velero metallb longhorn sentry n8n mattermost nextcloud wordpress ghost metabase airflow superset zookeeper temporal`)

/** "with alerts", "for the shop": what says more about one thing of a list, and may hold a list of its own. */
export interface Phrase {
  /** It says what the thing comes with or does, and not where or what for. */
  sealed: boolean
  host: readonly Token[]
  /** Its words so far, the preposition left out. */
  members: readonly Token[]
  /** An "and" has ended the list inside. */
  closed: boolean
}

/** Whether the thing that begins at `next` stands beside the host of a phrase and no longer in the phrase. */
export function endsPhrase ({ sealed, host, members, closed }: Phrase, joiner: readonly Token[], next: readonly Token[]): boolean {
  if (closed && joiner.some(({ text }) => text === ',')) return true
  const noun = headOf(next)
  const known = delivers(noun)
  // "Redis with persistence and Postgres with replicas"
  if (sealed && next[noun.length]?.lower === 'with' && (known || components.has(noun.at(-1)?.lower ?? ''))) return true
  const alike = isArticle(next[0]) === isArticle(members[0])
  if (!known || delivers(headOf(members))) return !sealed && /^(?:a|an|another|new)$/.test(next[0]?.lower ?? '')
  const category = categoryOf(noun, noun.length)
  const other = category !== categoryOf(host, host.length)
  if (sealed) {
    // A scan may be a stage of a pipeline.
    const stage = /^scan/.test(noun.at(-1)?.lower ?? '') && !joiner.some(({ text }) => text === ',')
    return !stage && ((isArticle(next[0]) && !alike) || other)
  }
  return delivers(host) && (!alike || members.at(-1)?.text === ')' || members.some(({ lower }) => places.has(lower)) || /^(?:a|an)$/.test(next[0]?.lower ?? ''))
}

/** The noun phrase that begins a text, up to the next mark or preposition. */
function headOf (tokens: readonly Token[]): readonly Token[] {
  const end = tokens.findIndex(({ kind, lower }, i) => i > 0 && (kind === 'mark' || /^(?:and|for|to|in|on|with|of|from|that|which|by|at|every|each)$/.test(lower)))
  return end === -1 ? tokens : tokens.slice(0, end)
}

/** Whether a thing is delivered by itself. */
export function delivers (tokens: readonly Token[]): boolean {
  const head = headOf(tokens)
  const noun = /^(?:stack|setup|system|solution|job|jobs|server)$/.test(head.at(-1)?.lower ?? '') ? head.at(-2) : head.at(-1)
  return deliverables.has(noun?.lower ?? '')
}

function isArticle (token: Token | undefined): boolean {
  return determiners.has(token?.lower ?? '')
}
