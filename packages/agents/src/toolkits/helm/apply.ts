import type { Evidence } from '@cortex/contracts'
import { releasePending, TaskFault, verificationFailed } from '../../errors.ts'
import type { Applied, ApplyRequest, Plan, Undone } from '../../toolkit.ts'
import { locate } from '../kubernetes/access.ts'
import { awaitRollout } from '../kubernetes/rollout.ts'
import { manifestHash } from './manifest.ts'
import { manifestOf, type Manifest } from './read-manifest.ts'
import { baseOf, descriptionOf, findRelease, isInstalled, isPending, revisionIn, settledRelease, type ReleaseState } from './release.ts'
import { changeOf, makeChange, type ReleaseChange, type Releases } from './release-change.ts'

const begun = 'begun'
const undoing = 'undoing'
/** Helm found a release of the name and left it as it is. */
const refused = 'refused'

/** Releases that are neither what they were when planned nor what this change set made of them. */
export async function movedReleases ({ helm }: Releases, request: ApplyRequest): Promise<string[]> {
  const states = await Promise.all(request.plans.map(async (plan) => stateOf(plan, await findRelease(helm, changeOf(plan)), request)))
  return request.plans.filter((_, index) => states[index] === 'moved').map(({ target }) => target)
}

/**
 * Calls helm for one release after the other. That it begins is noted before, and helm writes the plan hash into the release's description, so
 * that a later run knows a release that was left in the middle from one that was never touched.
 * @throws CTX_HELM_FAILED, CTX_RELEASE_PENDING, CTX_CHART_UNSUITED
 */
export async function applyReleases (releases: Releases, request: ApplyRequest): Promise<Applied> {
  const { plans, planHash, signal, note } = request
  let found = true
  for (const plan of plans) {
    const change = changeOf(plan)
    const current = await settledRelease(releases.helm, change, releases.access.patience, signal)
    const state = stateOf(plan, current, request)
    if (state === 'moved') return { kind: 'moved', targets: [plan.target] }
    if (state === 'pending') throw releasePending(plan.target)
    if (state === 'applied') continue
    found = false
    await note(plan.target, begun)
    try {
      await makeChange(releases, change, planHash, current)
    } catch (error) {
      if (!(error instanceof TaskFault) || isInstalled(current) || !/cannot re-?use a name/.test(error.message)) throw error
      await note(plan.target, refused)
      return { kind: 'moved', targets: [plan.target] }
    }
  }
  return { kind: 'applied', reference: planHash, found }
}

/**
 * Reads back helm's own record of each release and waits for what it rolls out.
 * @throws CTX_VERIFICATION_FAILED, CTX_ROLLOUT_UNFINISHED
 */
export async function verifyReleases (releases: Releases, plans: readonly Plan[], signal: AbortSignal): Promise<Evidence[]> {
  const evidence: Evidence[] = []
  for (const plan of plans) {
    const change = changeOf(plan)
    const state = await settledRelease(releases.helm, change, releases.access.patience, signal)
    const standing = state ? `revision ${state.version}, ${state.info.status}` : 'release: not found'
    if (change.way === 'uninstall') {
      if (isInstalled(state)) throw verificationFailed(`${plan.target} is ${state.info.status}`)
      evidence.push({ claim: `${plan.target} is uninstalled`, detail: `helm says ${standing}` })
      continue
    }
    if (state?.info.status !== 'deployed') throw verificationFailed(`${plan.target} is ${state?.info.status ?? 'not there'}`)
    const manifest = await manifestOf(releases.helm, state)
    if (manifestHash(manifest) !== change.result) throw verificationFailed(`${plan.target} consists of other objects than its dry run showed`)
    evidence.push({ claim: `${plan.target} is deployed as approved`, detail: [standing, `${manifest.length} objects`, ...await rolloutsOf(releases, change, manifest, signal)].join('\n').slice(0, 20_000) })
  }
  return evidence
}

/** Brings each release that this change set has begun to change back to the revision it had, or away. */
export async function undoReleases (releases: Releases, request: ApplyRequest): Promise<Undone> {
  const { helm, access } = releases
  const sum: Undone = { undone: [], left: [] }
  for (const plan of [...request.plans].reverse()) {
    const change = changeOf(plan)
    const state = await settledRelease(helm, change, access.patience, request.signal)
    const wasUndoing = request.noted.get(plan.target) === undoing
    if (wasUndoing && isBack(plan, state)) {
      sum.undone.push(plan.target)
      continue
    }
    if (!wasBegun(plan, request) || baseOf(state) === plan.base || !state) continue
    if (!isOurs(plan, state, request)) {
      sum.left.push({ target: plan.target, reason: wasUndoing ? `an earlier run began to take it back and did not live to see the end; it is at ${baseOf(state)}` : `it is at ${baseOf(state)} by now, which is not this change set's doing` })
      continue
    }
    await request.note(plan.target, undoing)
    const { rollback } = plan.inverse
    if (typeof rollback === 'number') await helm.run(['rollback', change.release, String(rollback), '--namespace', change.namespace, ...helm.timeout])
    else await helm.run(['uninstall', change.release, '--namespace', change.namespace, ...helm.timeout])
    sum.undone.push(plan.target)
  }
  return sum
}

/** Whether what an earlier run began has taken the release back: helm says so itself in the description of the next revision. */
function isBack ({ base, inverse: { rollback } }: Plan, state: ReleaseState | undefined): boolean {
  if (typeof rollback !== 'number') return state === undefined
  return state?.version === revisionIn(base) + 2 && state.info.status === 'deployed' && state.info.description === `Rollback to ${rollback}`
}

function stateOf (plan: Plan, state: ReleaseState | undefined, request: ApplyRequest): 'base' | 'applied' | 'pending' | 'moved' {
  if (baseOf(state) === plan.base) return 'base'
  if (!state || !isOurs(plan, state, request)) return 'moved'
  if (isPending(state)) return 'pending'
  return state.info.status === 'failed' ? 'pending' : 'applied'
}

/** By the description helm was told to write; while it is at work, or when it rolls back, it writes one of its own, and the note decides. */
function isOurs (plan: Plan, { version, info: { description = '', status } }: ReleaseState, request: ApplyRequest): boolean {
  if (description === descriptionOf(request.planHash)) return true
  return wasBegun(plan, request) && version === revisionIn(plan.base) + 1 && (status !== 'deployed' || changeOf(plan).way === 'rollback')
}

function wasBegun ({ target }: Plan, { noted }: ApplyRequest): boolean {
  return noted.has(target) && noted.get(target) !== refused
}

async function rolloutsOf ({ access }: Releases, { namespace }: ReleaseChange, manifest: Manifest, signal: AbortSignal): Promise<string[]> {
  const workloads = manifest.filter(({ apiVersion, kind }) => apiVersion.startsWith('apps/') && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind))
  const lines: string[] = []
  for (const { apiVersion, kind, metadata } of workloads) {
    const place = await locate(access, { kind, api_version: apiVersion, namespace: metadata.namespace ?? namespace, name: metadata.name }, 'read')
    lines.push(`${kind} ${metadata.name}: ${await awaitRollout(access, place, signal)}`)
  }
  return lines
}
