import type { Category } from '@cortex/contracts'
import { isWord, phraseTable, matchPhrase, type PhraseTable, type Token } from './tokens.ts'

/** What a word says about the kind of work: 3 names the field itself, 2 belongs to it, 1 leans to it. */
const lexicon: Readonly<Record<Exclude<Category, 'general'>, Readonly<Record<3 | 2 | 1, string>>>> = {
  security: {
    3: 'security,vulnerability,vulnerabilities,cve,cves,pentest,penetration test,penetration testing,trivy,falco,misconfiguration,misconfigurations,threat model,threat,secret scanning,security scan,security scanning,security audit,hardening,harden,intrusion,malware,ransomware,owasp,exploit,snyk,semgrep,sast,dast,siem,wazuh,kyverno,gatekeeper,opa,pod security,phishing,brute force,credential,credentials',
    2: 'rbac,firewall,firewalls,waf,network policy,network policies,tls,ssl,mtls,certificate,certificates,cert,certs,cert-manager,encryption,encrypt,secret,secrets,vault,permissions,permission,privilege,privileges,least privilege,password,passwords,mfa,2fa,sso,oidc,iam,compliance,cis,cis benchmark,soc2,gdpr,pci,iso27001,audit log,audit logs,access review,access control,leaked,leak,leaks,exposed,root containers,api key,api keys,key,keys,rotate,token,tokens,ssh keys,image signing,cosign,sign,security context,security contexts,quarantine,suspicious,attack,attacks,ports open,open ports,privileged,authz,revoke,forensics,zero trust,run as root,running as root,ddos,signatures',
    1: 'scan,scanning,scanner,scans,audit,policy,policies,access,roles,sealed,authentication,patch,login attempts'
  },
  cicd: {
    3: 'ci/cd,cicd,ci,cd,pipeline,pipelines,github actions,gitlab ci,gitlab-ci,jenkins,jenkinsfile,circleci,tekton,argocd,argo cd,argo,flux,fluxcd,continuous integration,continuous delivery,continuous deployment,build pipeline,deployment pipeline,release pipeline,buildkite,drone,travis,workflow,workflows,github workflow',
    2: 'release automation,automated releases,automated release,build job,build jobs,runner,runners,artifact,artifacts,canary,blue-green,blue/green,semantic release,semantic-release,auto deploy,auto-deploy,merge queue,branch protection,pre-commit,precommit,preview environments,preview environment,build cache,nightly build,nightly builds,gitops,on every push,on every pull request,on every commit,on every merge,on each push,on each commit,on each pull request,image build,image builds,build stage,deploy stage,quality gate,quality gates,build and push,release process,release train,renovate,dependabot,rollout strategy,promotion,changelog generation,automatic deployment,automatic deployments,deployment workflow,release workflow,build times,build time,flaky builds,the build',
    1: 'release,releases,build,builds,lint,promote,stage,stages'
  },
  infrastructure: {
    3: 'kubernetes,k8s,cluster,clusters,prometheus,grafana,monitoring,terraform,helm,ingress,load balancer,load balancers,loadbalancer,namespace,namespaces,infrastructure,infra,nginx,traefik,istio,linkerd,service mesh,autoscaling,autoscaler,hpa,alertmanager,loki,observability,statefulset,daemonset,kafka,rabbitmq,redis,elasticsearch,opensearch,postgres,postgresql,mysql,mariadb,mongodb,minio,vpc,subnet,subnets,nodes,node pool,node pools,jaeger,tempo,opentelemetry,otel,memcached,cassandra,etcd,consul,ceph,longhorn,nats,clickhouse,influxdb,keycloak,haproxy,envoy,cloudflare,cdn,vpn,bastion,k3s,eks,gke,aks,ec2,ansible,pulumi,coredns,fluentd,fluentbit,vector,thanos,velero,metallb',
    2: 'deploy,deployment,deployments,database,databases,backup,backups,restore,disaster recovery,dns,storage,volume,volumes,pvc,persistent volume,replica,replicas,scale,node,server,servers,vm,vms,pod,pods,probe,probes,quota,quotas,resource limits,limits,memory,cpu,disk,network,networking,dashboard,dashboards,alert,alerts,alerting,logging,metrics,tracing,proxy,gateway,cache,queue,message queue,broker,broker,cronjob,cron job,configmap,high availability,failover,region,regions,staging environment,environment,environments,provision,aws,gcp,azure,s3,bucket,buckets,stack,replication,uptime,capacity,latency slo,slo,slos,host,hosts,domain,subdomain,datacenter,router,switch,raid,snapshot,snapshots,autoscale,rollout,restart,reboot,drain,cordon,connection pooling,pgbouncer,exporter,exporters,rate limits',
    1: 'service,services,set up,staging,production,prod,migrate,upgrade,instances,health check,health checks,install,scaling'
  },
  inventory: {
    3: 'inventory,inventories,asset,assets,catalog,catalogue,cmdb,enumerate,sbom,sboms,bill of materials,license report,licence report,software inventory,all versions,which versions,which images',
    2: 'licenses,licences,license,licence,list all,list every,list the,list our,count,what is running,what we run,what runs,images in use,versions in use,orphaned,unused,outdated,end of life,end-of-life,eol,deprecated apis,stale,overview of all,list of all,list of every,list of,who owns,ownership,owners,everything we run,everything that runs,all services,all images,all our,register of,expire,expiring,tag coverage,untagged,which services,all hosts,all databases,map all,map out all,mapping of,dependency map,collect all,find all,discover,discover all,every image,all container images,document all',
    1: 'list,report,versions,images,overview,summary,map,spreadsheet'
  },
  development: {
    3: 'code,codebase,refactor,unit test,unit tests,integration test,integration tests,bug,bugs,bugfix,function,functions,class,classes,method,endpoint,endpoints,frontend,front-end,react,vue,angular,typescript,javascript,python,golang,rust,java,css,html,node.js,readme,sdk,cli,component,library,libraries,feature,api client,graphql,openapi,swagger,pull request,pull requests,code review,test coverage,unit-test,e2e tests,end-to-end tests,regex,parser,orm,sql query,null pointer,stack trace,typo,typos,type errors,eslint,docstrings,technical debt,tech debt,django,rails,laravel,spring,fastify,express,microservice,webhook,webhooks,race condition,memory leak,pagination,npm package',
    2: 'implement,develop,api,apis,page,form,button,login page,landing page,ui,ux,dark mode,test,tests,documentation,docs,document,dependency,dependencies,module,package,packages,repository,repo,schema,validation,import,export feature,search feature,app,application,script,scripts,logic,algorithm,database query,query,queries,exception,crash,error handling,error message,error messages,user story,repository report,screen,checkout flow,signup,sign-up,prototype,mobile app,migration script,rest,changelog,comments,types,mock,mocks,architecture decision,adr,input validation,rename,linting,linter,feature flag,feature flags,retries,timeouts,csv,pdf,avatar',
    1: 'fix,write,debug,review,add,website,site,template,backend'
  }
}

interface Weight { category: Exclude<Category, 'general'>, weight: number }

const { phrases, weights } = buildTable()

function buildTable (): { phrases: PhraseTable, weights: ReadonlyMap<string, readonly Weight[]> } {
  const weights = new Map<string, Weight[]>()
  for (const [category, byWeight] of Object.entries(lexicon)) {
    for (const [weight, list] of Object.entries(byWeight)) {
      for (const phrase of list.split(',')) weights.set(phrase, [...weights.get(phrase) ?? [], { category: category as Weight['category'], weight: Number(weight) }])
    }
  }
  return { phrases: phraseTable([...weights.keys()]), weights }
}

export interface Scope {
  /** Words that name what is done and to what; they count most, the last of them double. */
  core: readonly Token[]
  /** Words that say where, for whom or with what. */
  around: readonly Token[]
}

/** The kind of specialist the words ask for; `general` where they say nothing. */
export function categoryOf ({ core, around }: Scope): Category {
  const scores = new Map<Category, number>()
  tally(core, 2, scores, core.length)
  tally(around, 0.7, scores, -1)
  let best: Category = 'general'
  let most = 0.9
  for (const category of order) {
    const score = scores.get(category) ?? 0
    if (score > most) [best, most] = [category, score]
  }
  return best
}

/** On equal scores the narrower field wins. */
const order: readonly Category[] = ['security', 'cicd', 'inventory', 'infrastructure', 'development']

function tally (tokens: readonly Token[], factor: number, scores: Map<Category, number>, head: number): void {
  for (let i = 0; i < tokens.length;) {
    const token = tokens[i]
    const length = isWord(token) ? matchPhrase(tokens, i, phrases) : 0
    if (length === 0) { i++; continue }
    const phrase = tokens.slice(i, i + length).map(({ lower }) => lower).join(' ')
    const emphasis = i + length === head ? 1.6 : 1
    for (const { category, weight } of weights.get(phrase) ?? []) scores.set(category, (scores.get(category) ?? 0) + weight * factor * emphasis)
    i += length
  }
}
