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
export const verificationFailed = (reason: string) =>
  new TaskFault('CTX_VERIFICATION_FAILED', `What was read back is not what was approved: ${reason}`)

export const budgetSpent = (reason: string, done: string) =>
  new TaskFault('CTX_BUDGET_SPENT', `The model is not asked again: ${reason}. ${done}`)
export const modelUnpriced = (model: string) =>
  new TaskFault('CTX_MODEL_UNPRICED', `There is a limit in US dollars and no price for ${model}, so it is not asked; name its prices in the file of CORTEX_PRICES, or limit tokens instead`)

export const changeSetTooLarge = (what: string, limit: string) =>
  new TaskFault('CTX_CHANGE_SET_TOO_LARGE', `The change set has ${what}, and ${limit} is the most a person can be asked to read at once; split the task`)
export const changeSetCorrupt = () =>
  new TaskFault('CTX_CHANGE_SET_CORRUPT', 'The journalled change set does not match its own hash; nothing was applied')

export const runbookMissing = (category: string, reason: string, known: string) =>
  new TaskFault('CTX_RUNBOOK_NONE', `No runbook fits this ${category} task: ${reason}. There are: ${known}. Word the task like one of them, or set ANTHROPIC_API_KEY so that Claude can do it.`)
export const runbookFailed = (runbook: string, step: string, reason: string) =>
  new TaskFault('CTX_RUNBOOK_FAILED', `Runbook ${runbook}, step "${step}": ${reason}`)
export const runbookUnfit = (reason: string) =>
  new TaskFault('CTX_RUNBOOK_UNFIT', reason)
export const masterUnknown = (master: string) =>
  new TaskFault('CTX_MASTER_UNKNOWN', `This agent has no master ${master}`)
