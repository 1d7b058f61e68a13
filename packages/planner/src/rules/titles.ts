import { render, words, type Token } from './tokens.ts'

const small = words('a an the and or but nor for to of in on at by with from as into via per vs off over under than then if is are be')
/** Names as their makers write them. */
const names: ReadonlyMap<string, string> = new Map(`CI/CD CI CD API APIs TLS SSL mTLS RBAC DNS HTTP HTTPS CPU SSH VPN SSO MFA 2FA AWS GCP EKS GKE AKS SQL MySQL PostgreSQL MongoDB RabbitMQ MariaDB GitHub GitLab GraphQL OAuth
 OpenAPI CVE CVEs SBOM SBOMs README URL URLs UI UX JSON YAML PDF CSV HTML CSS S3 EC2 IAM HPA PVC PVCs CIS PR PRs E2E iOS SLO SLOs VM VMs OIDC OPA WAF CDN VPC RAM GPU GPUs IP IPs LDAP ArgoCD GitOps DevOps JWT ORM SDK CLI gRPC
 OpenTelemetry ClickHouse InfluxDB MinIO TypeScript JavaScript OpenSearch DDoS SOC2 GDPR PCI NATS ELK SMTP TCP UDP QA ID IDs XML CRUD CMDB EOL ADR CDK PgBouncer Node.js DB`.trim().split(/\s+/).map((name) => [name.toLowerCase(), name]))
const spelledAs: ReadonlyMap<string, string> = new Map([['k8s', 'Kubernetes'], ['cicd', 'CI/CD'], ['postgres', 'Postgres'], ['&', 'and']])

const dropped = words('a an the our my your their its please some any me us')
const longest = 9
const endings = words('instead for to of in on at by with from as into via per and or the a an , using across against under than')

/** A short title in title case: "set up" and "the CI/CD pipeline, please" give "Set Up CI/CD Pipeline". */
export function titleOf (verb: string, object: readonly Token[]): string {
  const kept: Token[] = []
  for (const [i, token] of object.entries()) {
    // "…, each in its own namespace"
    if (token.text === ',' && /^(?:each|both|all)$/.test(object[i + 1]?.lower ?? '') && /^(?:in|on|with|for|to|at)$/.test(object[i + 2]?.lower ?? '')) break
    // "Tom's access, he left"
    if (token.text === ',' && /^(?:he|she|they|it|we|i|he's|she's|they're|it's|because|since|same)$/.test(object[i + 1]?.lower ?? '')) break
    if (token.kind === 'mark' && !/^(?:[,&+/→]|->)$/.test(token.text)) { if (/^[(:;—–]$/.test(token.text) || token.text === '-') break; continue }
    // "the pods a, b and c" has a name for it.
    const named = token.lower === 'a' && kept.length > 0 && /^(?:,|and|or|&)$/.test(object[i + 1]?.lower ?? '')
    if (token.depth > 0 || (dropped.has(token.lower) && !named)) continue
    // "a new cluster" is a cluster; "new" that tells two things apart stays.
    if (token.lower === 'new' && kept.length === 0) continue
    kept.push(token.kind === 'quote' && token.text.startsWith("'") ? { ...token, text: token.text.slice(1, -1) } : token)
  }
  const room = longest - verb.split(' ').length
  let short = kept.length > room ? cutBefore(kept, room) : kept
  while (endings.has(short.at(-1)?.lower ?? '')) short = short.slice(0, -1)
  const source = [...verb.split(' '), ...render(short).replaceAll('"', '').replaceAll('`', '').split(' ')].filter((word) => word !== '')
  const title = source.map((word, i) => caseOf(word, i === 0 || i === source.length - 1 || i < verb.split(' ').length)).join(' ').replaceAll(' ,', ',')
  return title.length > 100 ? `${title.slice(0, 99).trimEnd()}…` : title
}

/** Cuts a long title before the last preposition or comma that still fits, so that it ends with a whole phrase; "in staging and prod" is one. */
function cutBefore (tokens: readonly Token[], room: number): readonly Token[] {
  if (tokens.length <= room + 3 && tokens.findLastIndex(({ lower }) => lower === 'and') === tokens.length - 2) return tokens
  for (let i = room; i > 2; i--) if (/^(?:for|to|in|on|at|by|with|from|into|via|using|across|against|that|which|so|because|and|,|as|who|where|over|through|during|between)$/.test(tokens[i]?.lower ?? '')) return tokens.slice(0, i)
  return tokens.slice(0, room)
}

function caseOf (word: string, always: boolean): string {
  const [, core = word, tail = ''] = /^(.*?)([,.]*)$/u.exec(word) ?? []
  const lower = core.toLowerCase()
  const named = spelledAs.get(lower) ?? names.get(lower)
  if (named !== undefined) return named + tail
  // Identifiers, versions and names with capitals inside stand as the person wrote them.
  if (/^\p{L}+\/\p{L}+$/u.test(core)) return core.split('/').map((part) => caseOf(part, true)).join('/') + tail
  if (/[\d_@/.:=]|\p{Ll}\p{Lu}/u.test(core) || /^\p{Lu}{2,5}$/u.test(core) || /^(?:staging|prod|dev|eu|us)-|-[a-z]$/.test(lower)) return core + tail
  if (!always && small.has(lower)) return lower + tail
  return core.split('-').map((part, i) => i === 0 || !small.has(part) ? part.charAt(0).toUpperCase() + part.slice(1).toLowerCase() : part).join('-') + tail
}
