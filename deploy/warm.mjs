// Loads every module that a process of the image may load, so that Node keeps what it compiled of it.
const modules = [
  'orchestrator/src/index.ts', 'orchestrator/src/store/postgres/open-postgres-store.ts',
  'chat/src/index.ts', 'planner/src/index.ts',
  'agents/src/index.ts', 'agents/src/toolkits/kubernetes/index.ts', 'agents/src/toolkits/helm/index.ts', 'agents/src/toolkits/outward/open.ts',
  'cli/src/run.ts', 'standalone/src/backup/index.ts', 'standalone/src/config.ts', 'orchestrator/src/audit/command.ts'
]
for (const path of modules) await import(new URL(`../packages/${path}`, import.meta.url))
