// Which way imports may point: contracts ← service ← services; inside the orchestrator, rules know no storage and no HTTP.
const source = (name) => `^packages/${name}/(src|build)`

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', comment: 'Modules that need each other are one module.', from: { path: '^packages/' }, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    { name: 'contracts-know-nobody', severity: 'error', comment: 'Nouns depend on TypeBox only.', from: { path: source('contracts') }, to: { path: '^packages/(?!contracts)' } },
    { name: 'secrets-know-nobody', severity: 'error', comment: 'What a secret looks like depends on no product.', from: { path: source('secrets') }, to: { path: '^packages/(?!secrets)' } },
    { name: 'service-knows-contracts', severity: 'error', comment: 'How a process starts knows no product.', from: { path: source('service') }, to: { path: '^packages/(?!contracts|service)' } },
    {
      name: 'services-meet-over-http',
      severity: 'error',
      comment: 'A service never imports another; tests, standalone and bench may.',
      from: { path: '^packages/(orchestrator|chat|planner|agents|web)/(src|build)' },
      to: { path: '^packages/(orchestrator|chat|planner|agents|web|standalone|bench)/', pathNot: '^packages/$1/' }
    },
    {
      name: 'the-command-speaks-http',
      severity: 'error',
      comment: 'Only what works on a data folder, running or not, is more than a client; and a service is loaded only by who asks for it.',
      from: { path: source('cli'), pathNot: 'src/(commands/(audit|import|backup|doctor)|doctor/[a-z-]+)\\.ts$' },
      to: { path: '^packages/(orchestrator|chat|planner|agents|web|standalone|bench)/' }
    },
    { name: 'nobody-needs-the-command', severity: 'error', comment: 'It is for people and scripts.', from: { path: '^packages/(?!cli)[a-z]+/src' }, to: { path: '^packages/cli/' } },
    { name: 'agents-work-without-the-service', severity: 'error', comment: 'Only the start of an agent process knows how processes start.', from: { path: source('agents'), pathNot: 'src/(main|start|check-start|index)\\.ts$' }, to: { path: '^packages/service' } },
    { name: 'the-page-takes-types-only', severity: 'error', comment: 'TypeBox does not belong into the bundle.', from: { path: source('web') }, to: { path: '^packages/contracts', dependencyTypesNot: ['type-only'] } },
    { name: 'the-orchestrator-has-never-heard-of-claude', severity: 'error', comment: 'Models are for chat and agents.', from: { path: source('orchestrator') }, to: { path: '@anthropic-ai' } },
    { name: 'chat-and-agents-know-no-task-store', severity: 'error', comment: 'They meet tasks over HTTP.', from: { path: '^packages/(chat|agents)/src' }, to: { path: 'pg-boss|^pg$' } },
    { name: 'rules-are-pure', severity: 'error', comment: 'Rules decide; they neither store nor speak HTTP.', from: { path: 'orchestrator/src/domain' }, to: { path: 'orchestrator/src/(store|plugins|routes|tools|task-files)|node:(fs|sqlite|http)|^fastify$' } },
    { name: 'adapters-hold-no-routes', severity: 'error', comment: 'A store serves; it does not answer.', from: { path: 'orchestrator/src/store' }, to: { path: 'orchestrator/src/(plugins|routes|tools)' } }
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/(?!@cortex))/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'], extensions: ['.ts', '.tsx', '.mjs', '.js'] },
    tsConfig: { fileName: 'tsconfig.json' }
  }
}
