import type { Approval, Attempt, ContentBlock, ConversationSnapshot, Message, Task, TaskStatus, ToolCallBlock } from '@cortex/contracts'

export const conversationId = 'conv-0123456789abcdefghij'

let made = 0

/** A task id as the orchestrator makes them, another one each time. */
export function taskId (): string {
  return `task-chat-1766779451${String(made % 1_000).padStart(3, '0')}-${(made++).toString(36).padStart(9, '2axt2h5c')}`
}

/** A message's id as the chat makes them, another one each time. */
export function messageId (): string {
  return `msg-${(made++).toString(36).padStart(20, '0')}`
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString()

export interface TaskSketch {
  title: string
  status: TaskStatus
  master?: string
  /** Seconds ago it was created, started and ended. */
  created?: number
  started?: number
  ended?: number
  more?: Partial<Task>
}

const outcomes: Partial<Record<TaskStatus, Attempt['outcome']>> = { completed: 'completed', failed: 'failed', cancelled: 'cancelled', awaiting_approval: 'awaiting_approval' }

export function sampleTask ({ title, status, master = 'infrastructure-master', created = 46, started, ended, more = {} }: TaskSketch): Task {
  const id = more.id ?? taskId()
  const category = master.replace(/-master$/, '') as Task['payload']['category']
  const attempts: Attempt[] = started === undefined
    ? []
    : [{ attempt: 1, worker: `daryl-${id.slice(-4)}`, started_at: ago(started), ended_at: status === 'in_progress' ? null : ago(ended ?? 0), outcome: outcomes[status] ?? null }]
  return {
    id,
    type: 'user_query',
    priority: 5,
    status,
    payload: { query: `${title}, as asked for.`, title, category },
    metadata: {
      created_at: ago(created),
      updated_at: ago(0),
      source: 'chat',
      original_input: { title, description: title },
      ...(started !== undefined && { started_at: ago(started) }),
      ...(ended !== undefined && status !== 'awaiting_approval' && { completed_at: ago(ended) })
    },
    ref: null,
    depends_on: [],
    waiting_for: null,
    target: null,
    parent_id: null,
    batch_id: 'batch-1',
    conversation_id: conversationId,
    idempotency_key: null,
    requested_by: 'local',
    assigned_to: master,
    worker: started === undefined ? null : `daryl-${id.slice(-4)}`,
    attempt: started === undefined ? 0 : 1,
    max_attempts: 3,
    attempts,
    run_at: null,
    progress: null,
    usage: null,
    result: null,
    error: null,
    rev: 1,
    ...more
  }
}

export function sampleMessage (role: Message['role'], content: ContentBlock[] | string, more: Partial<Message> = {}): Message {
  return {
    id: messageId(),
    role,
    status: 'complete',
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    created_at: ago(50),
    kind: 'turn',
    client_id: null,
    usage: null,
    error: null,
    ...more
  }
}

export function createCall (task: Task): ToolCallBlock {
  return { type: 'tool_call', id: `toolu_${task.id}`, name: 'cortex_create_task', input: { title: task.payload.title }, status: 'succeeded', output: { task_id: task.id } }
}

export const sampleDiff = `--- a/networkpolicies.yaml
+++ b/networkpolicies.yaml
@@ -0,0 +1,8 @@
+apiVersion: networking.k8s.io/v1
+kind: NetworkPolicy
+metadata:
+  name: default-deny-ingress
+  namespace: payments
+spec:
+  podSelector: {}
+  policyTypes: [Ingress]
@@ -21,6 +29,6 @@ kind: NetworkPolicy
   name: allow-gateway
   namespace: payments
 spec:
   ingress:
-    - from: []
+    - from: [{ namespaceSelector: { matchLabels: { name: gateway } } }]
   podSelector: {}
`

export function sampleApproval (task: Task, more: Partial<Approval> = {}): Approval {
  return {
    id: `appr-${task.id.slice(-9)}`,
    task_id: task.id,
    task_title: task.payload.title,
    requested_by: task.requested_by,
    conversation_id: conversationId,
    status: 'pending',
    summary: 'Apply 2 network policy changes in payments',
    risk: 'medium',
    changes: [{ toolkit: 'gitops', target: 'clusters/staging-eu/networkpolicies.yaml', verb: 'update', diff: sampleDiff }],
    dry_run: 'Dry run passed; 1 policy created, 1 changed, 0 deleted.',
    plan_hash: `sha256:${'ab'.repeat(32)}`,
    created_at: ago(9),
    decided_by: null,
    reason: null,
    ...more
  }
}

/** Nine tasks in every state there is, as after forty-six seconds of work. */
export function sampleSnapshot (): ConversationSnapshot {
  const prometheus = sampleTask({
    title: 'Deploy Prometheus stack',
    status: 'in_progress',
    started: 39,
    more: {
      progress: {
        percent: 67,
        step: 'Wait for rollout',
        steps: [
          { name: 'Render Helm values', status: 'done' }, { name: 'Diff against cluster', status: 'done' }, { name: 'Apply CRDs', status: 'done' },
          { name: 'Install chart', status: 'done' }, { name: 'Wait for rollout', status: 'running' }, { name: 'Verify targets', status: 'pending' }
        ]
      }
    }
  })
  const waits = { depends_on: [prometheus.id], waiting_for: 'Deploy Prometheus stack' }
  const grafana = sampleTask({ title: 'Provision Grafana dashboards', status: 'waiting', created: 45.8, more: waits })
  const alerts = sampleTask({ title: 'Configure alert routes', status: 'waiting', created: 45.6, more: waits })
  const scan = sampleTask({
    title: 'Scan images with Trivy',
    status: 'completed',
    master: 'security-master',
    created: 45.4,
    started: 40,
    ended: 14,
    more: {
      progress: { percent: 100, step: 'Upload SARIF', steps: [{ name: 'List workloads', status: 'done' }, { name: 'Pull manifests', status: 'done' }, { name: 'Scan 42 images', status: 'done' }, { name: 'Upload SARIF', status: 'done' }] },
      result: {
        summary: '42 images scanned, 3 need action.',
        evidence: [{ claim: 'The report holds 42 images', detail: '42 of 42 images have a result' }],
        report: '**42 images scanned**, 3 need action.\n\n| Image | Critical | High | Fix |\n|---|---:|---:|---|\n| payments-api:1.14.2 | 2 | 5 | bump base to `debian:12.8` |\n| ledger-worker:0.9.0 | 1 | 3 | `openssl` 3.0.15 |\n| edge-proxy:2.3.1 | 0 | 4 | `libcurl` 8.10 |\n'
      }
    }
  })
  const policies = sampleTask({ title: 'Enforce network policies', status: 'awaiting_approval', master: 'security-master', created: 45.2, started: 38, ended: 9, more: { waiting_for: 'your approval', progress: { percent: 60, step: 'Wait for approval', steps: [{ name: 'Map traffic', status: 'done' }, { name: 'Draft policies', status: 'done' }, { name: 'Server-side dry run', status: 'done' }, { name: 'Apply', status: 'pending' }, { name: 'Verify', status: 'pending' }] } } })
  const pipeline = sampleTask({ title: 'Set up GitHub Actions pipeline', status: 'in_progress', master: 'cicd-master', created: 45, started: 38.5, more: { progress: { percent: 54, step: 'Open pull request' } } })
  const publish = sampleTask({ title: 'Publish runner image', status: 'failed', master: 'cicd-master', created: 44.8, started: 30, ended: 19, more: { error: { code: 'CTX_STEP_FAILED', message: 'registry: 401 Unauthorized pushing ghcr.io/acme/runner' }, progress: { percent: 40, step: 'Push to registry', steps: [{ name: 'Build image', status: 'done' }, { name: 'Push to registry', status: 'failed' }, { name: 'Sign', status: 'pending' }] } } })
  const rotate = sampleTask({ title: 'Rotate legacy deploy keys', status: 'cancelled', master: 'cicd-master', created: 44.6, started: 38, ended: 31 })
  rotate.metadata.cancel_reason = 'Cancelled by you'
  const summary = sampleTask({ title: 'Write rollout summary', status: 'waiting', master: 'general-master', created: 44.4, more: { depends_on: [prometheus.id, grafana.id, alerts.id, policies.id], waiting_for: '4 tasks; one needs you' } })
  const tasks = [prometheus, grafana, alerts, scan, policies, pipeline, publish, rotate, summary]
  return {
    id: conversationId,
    title: 'Bring up staging-eu',
    owner: 'local',
    shared: false,
    model: null,
    seq: 10,
    messages: [
      sampleMessage('user', 'Deploy monitoring, configure security scanning and set up CI/CD for **staging-eu**, in parallel. Add dashboards and alert routes once Prometheus is up, then write me a summary.'),
      sampleMessage('assistant', [
        { type: 'text', text: 'Three of these are independent, so I’ll start them at once. Dashboards and alert routes wait for Prometheus; the summary waits for everything.' },
        ...tasks.map(createCall),
        { type: 'text', text: 'Nine tasks are on the board across three agents. I’ll ask before anything changes network policy in `payments`, and I’ll report findings here as they land.' }
      ]),
      sampleMessage('assistant', '**Trivy finished**: 42 images, 3 critical findings in two images.\n\n| Image | Critical | Fix |\n|---|---:|---|\n| `payments-api:1.14.2` | 2 | rebuild on `debian:12.8` |\n| `ledger-worker:0.9.0` | 1 | `openssl` 3.0.15 |\n\nWant me to open the two bump PRs? **T-147** failed on a registry login; it needs a token with `write:packages`, then you can retry it.', { kind: 'summary' })
    ],
    tasks,
    approvals: [sampleApproval(policies)],
    planner: { kind: 'claude', model: 'claude-sonnet-5-5', notice: null }
  }
}

/** Change sets of three tasks: one that asks for a name, one with little risk, one with some. */
export function threeApprovals (): Approval[] {
  const task = (title: string) => sampleTask({ title, status: 'awaiting_approval', started: 38, ended: 9 })
  const diff = '--- a/quota.yaml\n+++ b/quota.yaml\n@@ -1,3 +1,3 @@\n spec:\n   hard:\n-    pods: "20"\n+    pods: "40"\n'
  return [
    sampleApproval(task('Raise the quotas'), { summary: 'Raise the quotas of two namespaces', risk: 'low', changes: [{ toolkit: 'gitops', target: 'clusters/staging-eu/quota.yaml', verb: 'update', diff }], dry_run: '' }),
    sampleApproval(task('Enforce network policies')),
    sampleApproval(task('Remove the old namespace'), { summary: 'Delete namespace legacy with everything in it', risk: 'high', confirm: 'legacy', changes: [{ toolkit: 'kubernetes', target: 'Namespace legacy', verb: 'delete', diff: '--- a/legacy\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-kind: Namespace\n-metadata:\n-  name: legacy\n' }] })
  ]
}
