import type { Category } from '@cortex/contracts'
import { determiners } from './lexicon.ts'
import { isWord, phraseTable, matchPhrase, type PhraseTable, type Token } from './tokens.ts'

/** What a word says about the kind of work: 9 decides it, 3 names the field itself, 2 belongs to it, 1 leans to it. */
const lexicon: Readonly<Record<Exclude<Category, 'general'>, Readonly<Partial<Record<9 | 3 | 2 | 1, string>>>>> = {
  security: {
    3: 'secrets management,secret management,secret store,sealed secrets,sealed-secrets,external secrets,root access,ssh keys,ssh key,api tokens,access tokens,service account,service accounts,pam,ldap,saml,scim,two-factor,2fa,mfa,passkeys,waf,ids,ips,antivirus,clamav,forensics,incident response,security headers,csp,cors,xss,csrf,sql injection,privilege escalation,admission policy,admission policies,seccomp,apparmor,selinux,rootless,distroless,image signing,signing key,signing keys,code signing,attestation,attestations,slsa,provenance,gdpr,pci,hipaa,iso 27001,soc2,compliance,admin rights,sudo,privileged,honeypot,dependency scanning,leaked,breach,kms,hsm,ca,root ca,mtls,bot protection,captcha,open port,open ports,read access,write access,admin access,login of,logins of,account of,accounts of,personal data,iam,acl,acls,creds,phish,security,vulnerability,vulnerabilities,cve,cves,pentest,penetration test,penetration testing,trivy,falco,misconfiguration,misconfigurations,threat model,threat,secret scanning,security scan,security scanning,security audit,hardening,harden,intrusion,malware,ransomware,owasp,exploit,snyk,semgrep,sast,dast,siem,wazuh,kyverno,gatekeeper,opa,pod security,networkpolicy,networkpolicies,fail2ban,phishing,brute force,credential,credentials',
    2: 'port,ports,whitelist,blacklist,login attempt,session recording,account,accounts,user account,user accounts,password policy,encrypted,unseal,cipher,ciphers,key rotation,guest access,cve feed,spoofing,dmarc,spf,dkim,tor,blocklist,allowlist,denylist,blocks,readers group,admins group,security group,security groups,permission,permissions,rbac,firewall,firewalls,waf,network policy,network policies,tls,ssl,mtls,certificate,certificates,cert,certs,cert-manager,encryption,encrypt,secret,secrets,vault,permissions,permission,privilege,privileges,least privilege,password,passwords,mfa,2fa,sso,oidc,iam,compliance,cis,cis benchmark,soc2,gdpr,pci,iso27001,audit log,audit logs,audit logging,access log,access review,access control,leaked,leak,leaks,exposed,root containers,runs as root,no container,api key,api keys,key,keys,rotate,token,tokens,ssh keys,image signing,cosign,sign,security context,security contexts,quarantine,suspicious,ssh,creds,hsts,https,read-only access,attack,attacks,ports open,open ports,privileged,authz,revoke,forensics,zero trust,run as root,running as root,ddos,signatures,digest,digests,image digests',
    1: 'scan,scanning,scanner,audit,access,user,roles,sealed,authentication,patch,login attempts'
  },
  cicd: {
    9: 'on every push,on every pull request,on every commit,on every merge,on each push,on each commit,on each pull request,on each merge,on merge,on push,on every pr,on each pr',
    3: 'kaniko,buildah,build image,runner pool,github runner,github runners,gitlab runner,gitlab runners,teamcity,bamboo,azure devops,spinnaker,skaffold,woodpecker,dagger,earthly,nexus,artifactory,harbor,release candidate,release branch,deploy job,deploy jobs,deployment job,build server,build matrix,build step,build steps,pipeline stage,container build,image builds,docker build,sonarqube,code coverage gate,merge checks,status checks,required checks,canary deployment,canary deployments,argo rollouts,feature environments,review apps,build agent,build agents,ci/cd,cicd,ci,cd,pipeline,pipelines,github actions,gitlab ci,gitlab-ci,jenkins,jenkinsfile,circleci,tekton,argocd,argo cd,argo,registry,container registry,flux,fluxcd,continuous integration,continuous delivery,continuous deployment,build pipeline,deployment pipeline,release pipeline,buildkite,drone,travis,workflow,workflows,github workflow',
    2: 'release automation,automated releases,automated release,build job,build jobs,build script,build scripts,release notes,runner,runners,artifact,artifacts,canary,blue-green,blue/green,semantic release,semantic-release,auto deploy,auto-deploy,merge queue,branch protection,pre-commit,precommit,preview environments,preview environment,build cache,nightly build,nightly builds,gitops,image build,image builds,build stage,deploy stage,quality gate,quality gates,build and push,release process,release train,renovate,dependabot,rollout strategy,promotion,main branch,deploys,changelog generation,automatic deployment,automatic deployments,deployment workflow,release workflow,build times,build time,flaky builds,the build',
    1: 'github,release,releases,build,builds,lint,promote,stage,stages'
  },
  infrastructure: {
    3: 'mail server,mailserver,smtp server,web server,app server,jump host,file server,nfs,san,nas,proxmox,vmware,openstack,hetzner,digitalocean,linode,sentry,datadog,newrelic,new relic,zabbix,nagios,pagerduty,opsgenie,mimir,graylog,logstash,kibana,filebeat,promtail,log shipping,log level,log levels,log retention,gpu,gpus,spot instances,machine images,ami,cloud-init,systemd,kernel,swap,sysctl,ntp,dhcp,firewalld,keepalived,galera,patroni,cnpg,cloudnativepg,zookeeper,pulsar,activemq,mosquitto,mqtt,airflow,temporal,superset,metabase,gateway api,cilium,calico,flannel,karpenter,keda,crossplane,rancher,openshift,nomad,docker compose,docker swarm,ingresses,endpoint slice,persistent volumes,storage class,storage classes,init container,sidecar,sidecars,configmap,helmfile,helm chart,helm charts,helm release,read replica,read replicas,connection pool,pgpool,kustomization,kustomize,configmaps,docker,memory limit,memory limits,cpu limit,cpu limits,kubernetes,k8s,cluster,clusters,prometheus,grafana,monitoring,terraform,helm,ingress,load balancer,load balancers,loadbalancer,namespace,namespaces,infrastructure,infra,nginx,traefik,istio,linkerd,service mesh,autoscaling,autoscaler,hpa,alertmanager,loki,observability,statefulset,daemonset,kafka,rabbitmq,redis,elasticsearch,opensearch,postgres,postgresql,mysql,mariadb,mongodb,minio,vpc,subnet,subnets,nodes,node pool,node pools,jaeger,tempo,opentelemetry,otel,memcached,cassandra,etcd,consul,ceph,longhorn,nats,clickhouse,influxdb,keycloak,haproxy,envoy,cloudflare,cdn,vpn,bastion,k3s,eks,gke,aks,ec2,ansible,pulumi,coredns,fluentd,fluentbit,vector,thanos,velero,metallb',
    2: 'limit,request limit,table,tables,index,indexes,dump,dumps,sql dump,failover test,disk space,iops,bandwidth,mailbox,mail queue,cost,costs,cloud costs,cloud cost,bill,scaling policy,maintenance window,instance,instance type,zone,zones,hostname,hostnames,record,records,a record,cname,mx record,ttl,timezone,clock,cron,cron jobs,scheduler,job queue,dead letter queue,consumer,consumers,topic,topics,partition,partitions,heap,jvm,garbage collection,timeout,timeouts,health endpoint,liveness,readiness,toleration,tolerations,affinity,taints,labels,annotation,annotations,rollouts,pager,incident,mem,env var,env vars,environment variable,environment variables,deploy,deployment,deployments,migration,workload,terraform module,log aggregation,log,lifecycle policy,lifecycle policies,traffic,database,databases,backup,backups,restore,disaster recovery,dns,storage,volume,volumes,pvc,persistent volume,replica,replicas,scale,node,server,servers,vm,vms,pod,pods,probe,probes,quota,quotas,resource limits,limits,memory,cpu,disk,network,networking,dashboard,dashboards,alert,alerts,alerting,logging,metrics,tracing,proxy,gateway,cache,queue,message queue,broker,broker,cronjob,cron job,configmap,high availability,failover,region,regions,staging environment,environment,environments,provision,aws,gcp,azure,s3,bucket,buckets,stack,replication,uptime,capacity,latency slo,slo,slos,host,hosts,domain,subdomain,datacenter,router,switch,raid,snapshot,snapshots,autoscale,rollout,restart,reboot,drain,cordon,connection pooling,pgbouncer,exporter,exporters,rate limits',
    1: 'service,services,redirect,http,header,set up,staging,production,prod,migrate,upgrade,instances,health check,health checks,install,scaling'
  },
  inventory: {
    3: 'admin rights report,everybody with,everyone with,all servers,all machines,all clusters,all repositories,all teams,all licences,all licenses,all certificates,top 10,top ten,top 5,top five,who has access,unused resources,idle resources,zombie resources,cost report,usage report,asset list,dependency tree,dependency graph,service catalog,service catalogue,inventory,inventories,asset,assets,catalog,catalogue,cmdb,stock,unused,orphaned,outdated,overview of,list of,report of,number of,register of,enumerate,sbom,sboms,bill of materials,license report,licence report,software inventory,all versions,which versions,which images',
    2: 'licenses,licences,license,licence,what is running,what we run,what runs,images in use,versions in use,end of life,end-of-life,eol,deprecated apis,who owns,ownership,owners,everything we run,everything that runs,all services,all images,all our,register of,expire,expiring,tag coverage,untagged,which services,all hosts,all databases,map all,map out all,mapping of,dependency map,find all,every image,all container images,document all',
    1: 'list,versions,images,spreadsheet'
  },
  development: {
    3: 'homepage,home page,landing page,website,web page,pr,prs,importer,exporter script,crawler,scraper,serializer,middleware,view model,state machine,unit-tests,storybook,tailwind,webpack,vite,babel,next.js,nuxt,svelte,kotlin,swift,flutter,php,ruby,c#,.net,c++,elixir,scala,dockerfile,dockerfiles,makefile,monorepo,refactoring,code style,code comments,deprecation warning,deprecation warnings,compiler,compile errors,type checking,unit of work,i18n,l10n,translations,accessibility,a11y,seo,cookie banner,dropdown,modal,tooltip,checkbox,carousel,shopping cart,cart,search bar,sidebar,navbar,footer,favicon,email template,email templates,broken link,broken links,default branch,git history,code,codebase,refactor,unit test,unit tests,integration test,integration tests,bug,bugs,bugfix,function,functions,class,classes,method,endpoint,endpoints,frontend,front-end,react,vue,angular,typescript,javascript,python,golang,rust,java,css,html,node.js,readme,sdk,cli,component,library,libraries,feature,api client,graphql,openapi,swagger,pull request,pull requests,code review,test coverage,unit-test,e2e tests,end-to-end tests,regex,parser,orm,sql query,null pointer,stack trace,typo,typos,type errors,eslint,docstrings,technical debt,tech debt,django,rails,laravel,spring,fastify,express,microservice,webhook,webhooks,race condition,memory leak,pagination,npm package',
    2: 'test data,fixtures,fixture,sample data,seed data,client library,plugin,plugins,extension,parser,printer,formatter,dashboard page,user profile,profile page,notifications page,onboarding flow,mobile,android,ios,desktop app,chatbot,web app,repos,master branch,main branch protection,link,links,variable,variables,constant,constants,flag,flags,branch,branches,feature branch,logo,src,issue,implement,develop,api,apis,page,form,button,login page,landing page,ui,ux,dark mode,test,tests,documentation,docs,document,dependency,dependencies,module,package,packages,repository,repo,schema,validation,import,export feature,search feature,app,application,script,scripts,logic,algorithm,database query,query,queries,exception,crash,error handling,error message,error messages,user story,repository report,screen,checkout flow,signup,sign-up,prototype,mobile app,migration script,rest,changelog,comments,types,mock,mocks,architecture decision,adr,input validation,rename,linting,linter,feature flag,feature flags,retries,timeouts,csv,pdf,avatar',
    1: 'checkout,review,website,site,template,backend'
  }
}

/** A weight that counts in full wherever the words stand. */
const decisive = 9

interface Weight { category: Category, weight: number }

const { phrases, weights } = buildTable()

function buildTable (): { phrases: PhraseTable, weights: ReadonlyMap<string, readonly Weight[]> } {
  const weights = new Map<string, Weight[]>()
  for (const [category, byWeight] of Object.entries(lexicon)) {
    for (const [weight, list] of Object.entries(byWeight)) {
      for (const phrase of list.split(',')) {
        const entry = { category: category as Weight['category'], weight: Number(weight) }
        for (const form of /[^sy]$/.test(phrase) ? [phrase, `${phrase}s`] : [phrase]) {
          const others = weights.get(form) ?? []
          if (!others.some((other) => other.category === category)) weights.set(form, [...others, entry])
        }
      }
    }
  }
  return { phrases: phraseTable([...weights.keys()]), weights }
}

/** What the verb alone says: listing is inventory whatever is listed, deploying is infrastructure unless the thing says more. */
const verbs: Readonly<Record<string, Weight>> = Object.fromEntries(([
  ['inventory', 40, 'inventory list enumerate count catalog catalogue discover'],
  ['inventory', 8, 'map identify find-out'],
  ['inventory', 3, 'get find document gather collect'],
  ['security', 10, 'scan harden encrypt pentest quarantine revoke'],
  ['security', 4, 'mask grant rotate sign restrict enforce'],
  ['security', 8, 'audit'],
  ['infrastructure', 6, 'deploy redeploy install restart reboot scale provision drain cordon back-up backup roll-out scale-up scale-down'],
  ['infrastructure', 4, 'alert monitor roll-back clean-up tear-down shut-down spin-up'],
  ['infrastructure', 2, 'migrate upgrade mount resize expand'],
  ['development', 8, 'refactor implement develop debug'],
  ['development', 4, 'load-test stress-test smoke-test unit-test'],
  ['development', 2, 'fix rename review'],
  ['general', 9, 'announce inform email invite remind congratulate'],
  ['cicd', 4, 'build push publish release promote tag bump']
] as const).flatMap(([category, weight, list]) => list.split(' ').map((verb) => [verb.replace('-', ' '), { category, weight }])))

/** With these the words behind a preposition say what it is about: "check the pods for leaks". */
const checks = new Set(['check', 'test', 'review', 'look', 'look at', 'look into', 'look for', 'search', 'verify', 'validate', 'examine', 'inspect', 'assess', 'evaluate', 'double-check'])

/** With these, versions or images are what an inventory tells. */
const readings = /^(?:compare|report|summari[sz]e|show|get|collect|gather|tell)$/
const counted = /^(?:versions?|images?|licen[cs]es?|packages?)$/

/** What is changed is looked at no more. */
const changes = /^(?:upgrade|clean up|remove|delete|push|pull|replace|rebuild|prune|pin)$/

export interface Work {
  verb: string
  /** What is done to what, as it is said. */
  object: readonly Token[]
  /** How many tokens of `object` stand before its first preposition; they count most. */
  core: number
  /** What was said around it, as the head of a list. */
  setting: readonly Token[]
}

/** The kind of specialist that work asks for; `general` where the words say nothing. */
export function categoryOfWork ({ verb, object, core, setting }: Work): Category {
  const scores = new Map<Category, number>()
  const leaning = verbs[verb]
  // Finding out why is no inventory.
  if (leaning && !(verb === 'find out' && /^(?:why|how)$/.test(object[0]?.lower ?? ''))) scores.set(leaning.category, leaning.weight)
  if (readings.test(verb) && counted.test(object.find(({ lower }) => !determiners.has(lower))?.lower ?? '')) scores.set('inventory', 20)
  const listed = object.find(({ lower }) => !determiners.has(lower))
  if (/^(?:list|overview|inventory|register|number)$/.test(listed?.lower ?? '') && object[object.findIndex((token) => token === listed) + 1]?.lower === 'of') scores.set('inventory', 20)
  if (/^(?:generate|create|give|produce|get|make)$/.test(verb) && /^reports?$/.test(listed?.lower ?? '') && /^(?:on|of|about)$/.test(object[object.findIndex((token) => token === listed) + 1]?.lower ?? '')) scores.set('inventory', 10)
  tally(object, checks.has(verb) ? object.length : core, scores)
  tally(setting, 0, scores)
  if (changes.test(verb)) scores.delete('inventory')
  // What is deployed or restarted has been developed before.
  if (leaning?.category === 'infrastructure' && verb !== 'clean up') scores.set('development', (scores.get('development') ?? 0) * 0.4)
  return best(scores)
}

/** Announcing is of no field, whatever is announced. */
export function tellsPeople (verb: string): boolean {
  return verbs[verb]?.category === 'general'
}

export function categoryOf (object: readonly Token[], core: number): Category {
  const scores = new Map<Category, number>()
  tally(object, core, scores)
  return best(scores)
}

/** Whether words name a field of work by themselves, as "monitoring" or "CI/CD" do. */
export function namesField (tokens: readonly Token[]): boolean {
  return tokens.some((token, i) => isWord(token) && (weights.get(phraseAt(tokens, i).phrase) ?? []).some(({ weight }) => weight >= 3))
}

/** On equal scores the narrower field wins. */
const order: readonly Category[] = ['security', 'cicd', 'inventory', 'infrastructure', 'development', 'general']

function best (scores: ReadonlyMap<Category, number>): Category {
  let winner: Category = 'general'
  let most = 0.9
  for (const category of order) {
    const score = scores.get(category) ?? 0
    if (score > most) [winner, most] = [category, score]
  }
  return winner
}

function tally (tokens: readonly Token[], core: number, scores: Map<Category, number>): void {
  for (let i = 0; i < tokens.length;) {
    const here = phraseAt(tokens, i)
    // "the build" is the one that fails; "the build agents" are agents.
    const { phrase, length } = determiners.has(tokens[i]?.lower ?? '') && here.length > 1 && i + 1 < tokens.length && phraseAt(tokens, i + 1).length >= here.length ? { phrase: '', length: 1 } : here
    // The last word of the core is its noun: in "the CI server" the server is meant.
    const factor = i < core ? (i + length === core ? 3.2 : 2) : 0.7
    // "k8s/overlays/prod/kustomization.yaml" tells its field by the parts of the path.
    const found = weights.get(phrase) ?? (/\/.*(?:\/|\.[a-z]{2,5}$)/.test(phrase) ? phrase.slice(0, 200).split(/[/.]/).flatMap((part) => weights.get(part)?.[0] ?? []).slice(0, 3) : [])
    for (const { category, weight } of found) scores.set(category, (scores.get(category) ?? 0) + weight * (weight === decisive ? 2 : factor))
    i += length
  }
}

function phraseAt (tokens: readonly Token[], at: number): { phrase: string, length: number } {
  const length = Math.max(1, matchPhrase(tokens, at, phrases))
  const phrase = tokens.slice(at, at + length).map(({ lower }) => lower).join(' ')
  return { phrase: phrase.startsWith('cve-') ? 'cve' : phrase, length }
}
