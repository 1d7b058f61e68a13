/** Why a task cannot go on. `code` and `message` reach the person and the model as they are, so they name what to change. */
export class TaskFault extends Error {
  readonly code: string
  /** Whether the same work may succeed when it is tried again without anybody changing anything. */
  readonly retryable: boolean

  constructor (code: string, message: string, { retryable = false, cause }: { retryable?: boolean, cause?: unknown } = {}) {
    super(message, { cause })
    this.name = 'TaskFault'
    this.code = code
    this.retryable = retryable
  }
}

/** A file the operator wrote (master, runbook, policy) that cannot be used: every fault with its file and field. */
export class DefinitionFault extends TaskFault {
  readonly file: string
  readonly faults: readonly string[]

  constructor (file: string, faults: readonly string[]) {
    super('CTX_DEFINITION_INVALID', `${file}: ${faults.join('; ')}`)
    this.name = 'DefinitionFault'
    this.file = file
    this.faults = faults
  }
}

export const workerTokenRefused = (host: string, how: string) =>
  new TaskFault('CTX_WORKER_TOKEN_REFUSED', `The orchestrator at ${host} ${how} CORTEX_WORKER_TOKEN; set it to the one that belongs to the CORTEX_SERVICE_TOKEN of the orchestrator, or to an API token with the role worker`)

/** What the operator's setting names and nobody can read. */
export const definitionUnreadable = (setting: string, path: string, code: string, wanted: string) =>
  new TaskFault('CTX_DEFINITION_INVALID', `${setting} names ${path}, which cannot be read (${code}); it has to be ${wanted}`)
export const masterMissing = (master: string, known: readonly string[]) =>
  new TaskFault('CTX_MASTER_MISSING', `CORTEX_ONLY_MASTERS names ${master}, and there is no such master, only ${known.join(', ')}`)
export const toolInputInvalid = (tool: string, faults: readonly string[]) =>
  new TaskFault('CTX_TOOL_INPUT_INVALID', `${tool}: ${faults.join('; ')}`)
export const toolUnknown = (tool: string, known: readonly string[]) =>
  new TaskFault('CTX_TOOL_UNKNOWN', `There is no tool ${tool}; there are ${known.join(', ')}`)
export const policyDenied = (what: string, rule: string) =>
  new TaskFault('CTX_POLICY_DENIED', `${what} is denied by the policy rule "${rule}"`)

export const planHoldsSecret = (target: string) =>
  new TaskFault('CTX_PLAN_HOLDS_SECRET', `The change of ${target} would show or store the value of a secret; refer to where the secret is kept, or let a person make this change`)

export const pathRefused = (path: string, reason: string) =>
  new TaskFault('CTX_PATH_REFUSED', `The path ${JSON.stringify(path.slice(0, 200))} is refused: ${reason}`)
export const fileMissing = (path: string) =>
  new TaskFault('CTX_FILE_NOT_FOUND', `${path} is not in the workspace's last commit`)
export const fileUnsuited = (path: string, reason: string) =>
  new TaskFault('CTX_FILE_UNSUITED', `${path} cannot be changed: ${reason}`)
export const fileDirty = (path: string) =>
  new TaskFault('CTX_WORKSPACE_DIRTY', `${path} has changes in the workspace that nobody committed; commit or undo them, then try again`)
export const workspaceUnusable = (path: string, reason: string) =>
  new TaskFault('CTX_WORKSPACE_UNUSABLE', `The workspace ${path} cannot be used: ${reason}`)
export const gitFailed = (command: string, message: string, cause: unknown) =>
  new TaskFault('CTX_GIT_FAILED', `git ${command} failed: ${message}`, { cause })
export const workspaceBusy = () =>
  new TaskFault('CTX_WORKSPACE_BUSY', 'Other programs kept changing the workspace; nothing was committed', { retryable: true })
export const workspaceLocked = (lock: string) =>
  new TaskFault('CTX_WORKSPACE_LOCKED', `Another git holds the workspace's index: ${lock}. Let it end; if none is running, one was killed, so remove that file. Then retry the task`)
export const verificationFailed = (reason: string) =>
  new TaskFault('CTX_VERIFICATION_FAILED', `What was read back is not what was approved: ${reason}`)

export const changesOpen = (count: string, targets: string) =>
  new TaskFault('CTX_CHANGES_OPEN', `${count} planned changes are not applied (${targets}); call apply_changes first, or give_up`)
export const changesNotMade = (said: string) =>
  new TaskFault('CTX_CHANGES_NOT_MADE', `The last change set was not applied, and no other was after it. The worker says: “${said}”`)
export const splitRefused = (why: string) =>
  new TaskFault('CTX_SPLIT_REFUSED', `The task cannot be split: ${why}. Do it whole`)
export const budgetSpent = (reason: string) =>
  new TaskFault('CTX_BUDGET_SPENT', `The model is not asked again: ${reason}`)
export const modelUnpriced = (model: string) =>
  new TaskFault('CTX_MODEL_UNPRICED', `There is a limit in US dollars and no price for ${model}, so it is not asked; name its prices in the file of CORTEX_PRICES, or limit tokens instead`)
export const modelSignIn = (said: string, cause?: unknown) =>
  new TaskFault('CTX_MODEL_SIGN_IN', `The model's server does not accept the key: ${said}`, { cause })
export const modelRefusedRequest = (said: string, cause?: unknown) =>
  new TaskFault('CTX_MODEL_REFUSED_REQUEST', `The model's server refused the request: ${said}`, { cause })
export const modelUnavailable = (said: string, cause?: unknown) =>
  new TaskFault('CTX_MODEL_UNAVAILABLE', said, { retryable: true, cause })
export const modelDeclined = () =>
  new TaskFault('CTX_MODEL_DECLINED', 'The model declined to do this task')
export const contextFull = () =>
  new TaskFault('CTX_MODEL_CONTEXT_FULL', 'The task grew larger than the model can keep in view; split it')
export const stepsSpent = (steps: number) =>
  new TaskFault('CTX_BUDGET_STEPS', `The task took ${steps} steps, the most one may take; split it`)
export const tokensSpent = (tokens: number) =>
  new TaskFault('CTX_BUDGET_TOKENS', `The task took ${tokens} tokens, the most one may take; split it`)
export const workerUnfinished = () =>
  new TaskFault('CTX_WORKER_UNFINISHED', 'The model stopped without finishing the task or giving it up')
export const workerStuck = (tools: string, answer: string) =>
  new TaskFault('CTX_WORKER_STUCK', `The model asked three times in a row, word for word, for what was refused (${tools}), so it is not asked again. The last answer: ${answer.slice(0, 1_000)}`)
export const workerFailed = () =>
  new TaskFault('CTX_WORKER_FAILED', 'The worker failed in a way it should not; the log of the agent names the error with this task id')
export const outcomeRefused = (said: string) =>
  new TaskFault('CTX_OUTCOME_REFUSED', `The orchestrator refused the outcome: ${said}`.slice(0, 4_000))
export const taskNotPossible = (reason: string) =>
  new TaskFault('CTX_TASK_NOT_POSSIBLE', reason)
export const changesNone = () =>
  new TaskFault('CTX_CHANGES_NONE', 'Nothing is planned, so there is nothing to apply')
export const evidenceUnfounded = (quote: string) =>
  new TaskFault('CTX_EVIDENCE_UNFOUNDED', `No tool has shown ${JSON.stringify(quote.slice(0, 200))}; quote word for word what a tool read, applied or read back (a plan shows nothing), and read it again if that answer was cut`)
export const splitUnread = (tool: string) =>
  new TaskFault('CTX_SPLIT_UNREAD', `${tool} was called before the sub-tasks had ended; read what they came to, then call it again`)
export const changesMoved = (targets: string) =>
  new TaskFault('CTX_CHANGES_MOVED', `${targets} changed since this was planned.`)
export const httpRefused = (url: string, reason: string) =>
  new TaskFault('CTX_HTTP_REFUSED', `${url} is not read: ${reason}`)
export const httpFailed = (url: string, reason: string) =>
  new TaskFault('CTX_HTTP_FAILED', `${url} could not be read: ${reason}`, { retryable: true })
export const commandFailed = (command: string, reason: string) =>
  new TaskFault('CTX_COMMAND_FAILED', `${command}: ${reason}`)
export const mcpUnavailable = (server: string, reason: string) =>
  new TaskFault('CTX_MCP_UNAVAILABLE', `The MCP server ${server} cannot be used: ${reason}. It is started again at the next call.`, { retryable: true })
export const mcpFailed = (tool: string, reason: string) =>
  new TaskFault('CTX_MCP_FAILED', `${tool}: ${reason}`)
export const stepUncertain = (step: string, what: string) =>
  new TaskFault('CTX_STEP_UNCERTAIN', `${step} is not repeated: an earlier run ${what}. Look at the system it works on, then retry the task`)

export const changesHeld = (targets: string, holder: string) =>
  new TaskFault('CTX_CHANGES_HELD', `${targets}: ${holder}, a task of the same batch, is making exactly these changes; once it has ended, retry the task`, { retryable: true })

export const changeSetTooLarge = (what: string, limit: string) =>
  new TaskFault('CTX_CHANGE_SET_TOO_LARGE', `The change set has ${what}, and ${limit} is the most a person can be asked to read at once; split the task`)
export const changeSetCorrupt = () =>
  new TaskFault('CTX_CHANGE_SET_CORRUPT', 'The journalled change set does not match its own hash, so nothing is applied by it')
export const toolkitAbsent = (toolkit: string, begun: readonly string[] = []) =>
  new TaskFault('CTX_TOOLKIT_ABSENT', `${begun.length === 0 ? 'Nothing of it was applied' : `It stopped in the middle, and an earlier run may have applied ${begun.join(', ').slice(0, 1_000)}`}: the change set changes ${toolkit}, and this agent has no such toolkit; configure it where the agents run`)
export const changesUndone = (failure: string, undone: string) =>
  new TaskFault('CTX_CHANGES_UNDONE', `${failure} Everything that had been applied was undone: ${undone}.`)
export const changesStand = (failure: string, account: string) =>
  new TaskFault('CTX_CHANGES_STAND', `${failure} Not everything that had been applied could be undone. ${account}`)

export const rollbackImpossible = (left: string) =>
  new TaskFault('CTX_ROLLBACK_IMPOSSIBLE', `Cannot be undone: ${left}. Nothing was changed; take it back by hand`)

export const runbookMissing = (category: string, reason: string, known: string) =>
  new TaskFault('CTX_RUNBOOK_NONE', `No runbook fits this ${category} task: ${reason}. There are: ${known}. Word the task like one of them, or set ANTHROPIC_API_KEY so that Claude can do it.`)
export const runbookFailed = (runbook: string, step: string, reason: string) =>
  new TaskFault('CTX_RUNBOOK_FAILED', `Runbook ${runbook}, step "${step}": ${reason}`)
export const runbookUnfit = (reason: string) =>
  new TaskFault('CTX_RUNBOOK_UNFIT', reason)
export const masterUnknown = (master: string) =>
  new TaskFault('CTX_MASTER_UNKNOWN', `This agent has no master ${master}`)

export const kubeconfigUnusable = (reason: string) =>
  new TaskFault('CTX_KUBECONFIG_UNUSABLE', `The kubeconfig cannot be used: ${reason}; set KUBECONFIG to a file with a current context, or leave it out`)
export const clusterUnreachable = (reason: string, cause?: unknown) =>
  new TaskFault('CTX_CLUSTER_UNREACHABLE', `The cluster's API server cannot be asked: ${reason}`, { retryable: true, cause })
export const clusterRefused = (message: string, status?: unknown) =>
  new TaskFault('CTX_CLUSTER_REFUSED', `The cluster refused it: ${message}`, { cause: status })
export const clusterBusy = (target: string) =>
  new TaskFault('CTX_CLUSTER_BUSY', `${target} kept changing while it was to be changed; try again`, { retryable: true })
export const kindUnknown = (kind: string) =>
  new TaskFault('CTX_KIND_UNKNOWN', `The cluster has no kind ${kind}; name it as in a manifest, and its api_version where several groups have one of that name`)
export const outsideScope = (what: string, setting: string) =>
  new TaskFault('CTX_CLUSTER_SCOPE', `${what} is outside of what may be touched; ${setting} says what is`)
export const objectMissing = (target: string) =>
  new TaskFault('CTX_OBJECT_NOT_FOUND', `${target} is not in the cluster`)
export const objectUnsuited = (target: string, reason: string) =>
  new TaskFault('CTX_OBJECT_UNSUITED', `${target} cannot be changed: ${reason}`)
export const fieldsOwned = (target: string, fields: string) =>
  new TaskFault('CTX_FIELD_CONFLICT', `${target} has fields others look after: ${fields}. Leave them out of the manifest, or plan it with force to take them over`)
export const rolloutUnfinished = (target: string, state: string) =>
  new TaskFault('CTX_ROLLOUT_UNFINISHED', `${target} did not come up: ${state}`)

export const helmFailed = (command: string, message: string) =>
  new TaskFault('CTX_HELM_FAILED', `helm ${command} failed: ${message}`)
export const chartUnsuited = (chart: string, reason: string) =>
  new TaskFault('CTX_CHART_UNSUITED', `The chart ${chart} cannot be used: ${reason}`)
export const releaseMissing = (target: string) =>
  new TaskFault('CTX_RELEASE_NOT_FOUND', `${target} is not installed`)
export const releasePending = (target: string) =>
  new TaskFault('CTX_RELEASE_PENDING', `${target} was left in the middle of a change; helm would refuse to go on with it`)
