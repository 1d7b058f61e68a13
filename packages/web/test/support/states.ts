import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { findBarriers, overflow, type OpenOptions, type Stage } from './open-page.ts'
import { conversationId, sampleApproval, sampleMessage, sampleSnapshot, sampleTask, threeApprovals } from './samples.ts'

export interface State {
  name: string
  path?: string
  prepare?: (stage: Stage) => void
  act?: (page: Page, stage: Stage) => Promise<unknown>
  /** Looked at on a phone too, where it is another layout. */
  phone?: true
  /** Something that is there when the state is. */
  shows: string | RegExp
}

const taskOf = ({ server }: Stage, title: string) => [...server.snapshots.values()][0]!.tasks.find(({ payload }) => payload.title === title)!
export const openTask = (title: string) => async (page: Page, stage: Stage) => await page.goto(`${stage.server.url}/c/${conversationId}?task=${taskOf(stage, title).id}`)

export const states: readonly State[] = [
  { name: 'a conversation at work', phone: true, shows: 'Nine tasks are on the board across three agents.' },
  { name: 'a question to answer', phone: true, act: openTask('Enforce network policies'), shows: 'Approve and apply' },
  { name: 'a failed task', phone: true, act: openTask('Publish runner image'), shows: 'Attempt 1 of 3. A retry runs the task again with the same inputs.' },
  { name: 'a result', act: openTask('Scan images with Trivy'), shows: 'Checked by reading back' },
  { name: 'a new conversation', phone: true, path: '/new', shows: 'What should Cortex set up?' },
  { name: 'the offline planner', path: '/new', prepare: ({ server }) => { server.planner = { kind: 'rules', model: 'cortex-rules-1', notice: 'Rule-based planner, no language model.' } }, shows: 'Rule-based planner, no language model.' },
  {
    name: 'a failed reply',
    prepare ({ server }) {
      server.snapshots.set(conversationId, { ...sampleSnapshot(), messages: [sampleMessage('assistant', 'Half of', { status: 'failed', error: { code: 'CTX_MODEL_OVERLOADED', message: 'The model is overloaded.', retryable: true } })] })
    },
    shows: 'The model is overloaded. Your tasks keep running.'
  },
  { name: 'reconnecting', phone: true, act: async (_page, { server }) => { server.streamsDown = true; server.dropStreams() }, shows: 'Tasks keep running on the server;' },
  { name: 'signed out', phone: true, prepare: ({ server }) => { server.refusal = { status: 401 }; server.signIn = { required: true, password: true, provider: 'Example', person: null } }, shows: 'Sign in with Example' },
  { name: 'a conversation that is not there', path: '/c/conv-zzzzzzzzzzzzzzzzzzzz', shows: 'This conversation does not exist' },
  { name: 'all tasks', phone: true, path: '/tasks', prepare: ({ server }) => { server.tasks = sampleSnapshot().tasks }, shows: 'registry: 401 Unauthorized' },
  {
    name: 'approvals of many tasks',
    phone: true,
    path: '/approvals',
    prepare ({ server }) {
      server.approvals = threeApprovals()
    },
    act: async (page) => { await page.getByRole('group', { name: /quotas/ }).getByRole('radio', { name: 'Deny' }).check() },
    shows: '0 to approve, 1 to deny, 2 left for later'
  },
  { name: 'no approvals', path: '/approvals', shows: 'Nothing waits for your approval.' },
  { name: 'history', phone: true, path: '/history', shows: 'Bring up staging-eu' },
  {
    name: 'a search in the history',
    phone: true,
    path: '/history',
    prepare ({ server }) {
      server.tasks = sampleSnapshot().tasks.slice(0, 2)
      const hit = { conversation_id: conversationId, conversation_title: 'Bring up staging-eu', at: new Date().toISOString() }
      server.hits = [
        { ...hit, kind: 'message', id: 'msg-1', snippet: 'Add dashboards and alert routes once Prometheus is up, then write me a summary.' },
        { ...hit, kind: 'task', id: 'task-chat-1766779451000-2axt2h5c0', snippet: 'Deploy Prometheus stack: 2 of 2 replicas are ready' }
      ]
    },
    act: async (page) => { await page.getByRole('searchbox').fill('prometheus') },
    shows: '2 of 2 replicas are ready'
  },
  {
    name: 'a message to edit',
    phone: true,
    prepare ({ server }) {
      const snapshot = sampleSnapshot()
      const replaced = [sampleMessage('user', 'Deploy monitoring for staging', { superseded: true }), sampleMessage('assistant', 'Started.', { superseded: true })]
      server.models = ['claude-sonnet-5-5', 'claude-opus-5-5']
      server.snapshots.set(conversationId, { ...snapshot, messages: [...replaced, ...snapshot.messages] })
    },
    act: async (page) => { await page.getByText('2 replaced messages').click(); await page.getByRole('button', { name: 'Edit this message' }).click() },
    shows: 'It and what followed are replaced.'
  },
  { name: 'settings', phone: true, path: '/settings', shows: 'Who answers' },
  { name: 'settings of an admin', phone: true, path: '/settings', prepare: ({ server }) => { server.signIn = { required: true, password: true, provider: null, person: { name: 'ada', roles: ['admin'], via: 'password' } } }, shows: 'Make a token' },
  { name: 'the menu of a conversation', phone: true, act: async (page) => { await page.getByRole('button', { name: 'This conversation' }).click() }, shows: 'Export as Markdown' },
  { name: 'a conversation to rename', act: async (page) => { await page.getByRole('button', { name: 'This conversation' }).click(); await page.getByRole('button', { name: 'Rename…' }).click() }, shows: 'Rename this conversation' },
  { name: 'a conversation to delete', act: async (page) => { await page.getByRole('button', { name: 'This conversation' }).click(); await page.getByRole('button', { name: 'Delete…' }).click() }, shows: 'Its messages are gone for good.' },
  {
    name: 'several questions at once',
    phone: true,
    prepare ({ server }) {
      const snapshot = sampleSnapshot()
      const more = ['Rotate the certificates', 'Raise the quotas'].map((title) => sampleTask({ title, status: 'awaiting_approval', master: 'infrastructure-master', started: 20, ended: 4 }))
      server.snapshots.set(conversationId, { ...snapshot, tasks: [...snapshot.tasks, ...more], approvals: [...snapshot.approvals, ...more.map((task) => sampleApproval(task, { summary: task.payload.title }))] })
    },
    act: async (page) => { const tab = page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: /Tasks/ }); if (await tab.isVisible()) await tab.click() },
    shows: '3 tasks need your approval'
  }
]

/** Goes into a state and looks for barriers. */
export async function checkState (t: Test, here: Stage, { path, prepare, act, shows }: State, window: OpenOptions, bothThemes: boolean): Promise<void> {
  prepare?.(here)
  const page = await here.open(t, { ...window, ...(path && { path }) })
  await act?.(page, here)
  await page.getByText(shows).first().waitFor()
  t.same(await findBarriers(page, { bothThemes }), [])
  t.equal(await overflow(page), 0)
}
