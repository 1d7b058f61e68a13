import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { findBarriers, overflow, type OpenOptions, type Stage } from './open-page.ts'
import { conversationId, sampleMessage, sampleSnapshot } from './samples.ts'

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
  { name: 'all tasks', phone: true, path: '/tasks', prepare: ({ server }) => { server.tasks = sampleSnapshot().tasks }, shows: 'Over all conversations' },
  { name: 'history', path: '/history', shows: 'Bring up staging-eu' },
  { name: 'settings', path: '/settings', shows: 'Who answers' },
  { name: 'settings of an admin', phone: true, path: '/settings', prepare: ({ server }) => { server.signIn = { required: true, password: true, provider: null, person: { name: 'ada', roles: ['admin'], via: 'password' } } }, shows: 'Make a token' }
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
