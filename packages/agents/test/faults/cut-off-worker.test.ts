import t, { type Test } from 'tap'
import type { Task } from '@cortex/contracts'
import { startCortex, type Cortex } from '../cortex.ts'
import { startAgentsProcess } from '../support/agents-process.ts'
import { holdGit, type HeldGit } from '../support/held-git.ts'
import { startStallingProxy } from '../support/stalling-proxy.ts'
import { namespaceFault, startSeveredNetwork } from '../support/severed-network.ts'
import { git } from '../workspace.ts'

interface Cut { cut (): void, mend (): void }

/** Starts the agent that will be cut off, in a process of its own that reaches the orchestrator only through what can be cut. */
type StartCutOff = (t: Test, cortex: Cortex, env: NodeJS.ProcessEnv) => Promise<Cut & Awaited<ReturnType<typeof startAgentsProcess>>>

const behindProxy: StartCutOff = async (t, cortex, env) => {
  const proxy = await startStallingProxy(t, cortex.url)
  return { cut: proxy.stall, mend: proxy.resume, ...await startAgentsProcess(t, { ORCHESTRATOR_URL: proxy.url, ...env }) }
}

const frozen: StartCutOff = async (t, cortex, env) => {
  const agents = await startAgentsProcess(t, { ORCHESTRATOR_URL: cortex.url, ...env })
  return { cut: () => agents.child.kill('SIGSTOP'), mend: () => agents.child.kill('SIGCONT'), ...agents }
}

const inNamespace: StartCutOff = async (t, cortex, env) => {
  const network = await startSeveredNetwork(t, cortex.url)
  return { cut: network.cut, mend: network.mend, ...await startAgentsProcess(t, { ORCHESTRATOR_URL: network.url, ...env }, network.prefix) }
}

const reason = namespaceFault()
for (const [how, start, skip] of [
  ['a network that passes nothing and closes nothing', behindProxy, false],
  ['being frozen', frozen, false],
  ['a network namespace whose link is down', inNamespace, reason && `${reason}; the stalled network and the frozen process are tried instead`]
] as const) {
  t.test(`a worker cut off in mid-step by ${how} finds, back late, that another has done its work, and does nothing twice`, { skip }, async (t) => {
    const cortex = await startCortex(t, { leaseDuration: 2_500 })
    const held = await holdGit(t)
    const late = await start(t, cortex, { CORTEX_HOME: cortex.home, CORTEX_AGENT_ID: 'late', PATH: held.path })
    const approval = await cortex.approval(await cortex.create('Set up CI pipeline', 'cicd'))
    await cortex.decide(approval, 'approve')
    await held.held()
    late.cut()
    const lost = await cortex.until(approval.task_id, ({ attempts }) => attempts[1]?.outcome === 'lost')
    t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '1', 'it was cut off before the change')
    await cortex.agents({ agentId: 'another' })
    const done = await cortex.ended(approval.task_id)
    // More than one may be lost: the poll for work that was open when the link was cut may be given the task too.
    t.match(done.attempts.map(({ outcome }) => outcome).join(' '), /^awaiting_approval (lost )+completed$/)

    await comeBack(held, late)
    t.same(await cortex.task(approval.task_id), done, 'what it reported late has changed nothing')
    t.not(lost.attempts[1]?.worker, done.worker)
    t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '2', 'the change was made once')
    t.equal(git(cortex.workspace, 'status', '--porcelain'), '')
    const next: Task = await cortex.ended(await cortex.create('Check the health of the workspace', 'general'))
    t.match(next, { status: 'completed' })
  })
}

async function comeBack (held: HeldGit, late: Cut & { said (words: string): Promise<void> }): Promise<void> {
  late.mend()
  await held.letGo()
  await late.said('the lease was lost')
}
