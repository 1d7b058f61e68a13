import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { knownToolkits } from '../src/known-toolkits.ts'
import { createWorkspaceToolkit } from '../src/toolkits/workspace/index.ts'
import { openWorkspace } from '../src/toolkits/workspace/open-workspace.ts'
import type { Repository } from '../src/toolkits/workspace/repository.ts'
import { createChangeSet } from '../src/change-set.ts'
import { mergePlans, type ApplyRequest, type ChangeTool, type Plan, type ReadTool, type Toolkit } from '../src/toolkit.ts'

export interface TestOwner { teardown (work: () => Promise<unknown>): void }

export async function temporaryFolder (t: TestOwner): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cortex-agents-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** git as a person would use it in the workspace. */
export function git (directory: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=Person', '-c', 'user.email=person@example.com', ...args], { cwd: directory, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
}

export async function writeFiles (directory: string, files: Record<string, string | Buffer>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
}

/** A repository a person made, with these files in its one commit. */
export async function repositoryWith (t: TestOwner, files: Record<string, string>): Promise<{ directory: string, repository: Repository, toolkit: Toolkit }> {
  const directory = join(await temporaryFolder(t), 'workspace')
  await writeFiles(directory, files)
  git(directory, 'init', '--quiet', '--initial-branch=main')
  git(directory, 'add', '--all', '--force')
  git(directory, 'commit', '--quiet', '--message', 'Begin')
  const { repository } = await openWorkspace(directory)
  return { directory, repository, toolkit: createWorkspaceToolkit(repository) }
}

export function reader (toolkit: Toolkit, name: string): ReadTool {
  const tool = toolkit.tools.find((candidate) => candidate.name === name)
  if (tool?.kind !== 'read') throw new Error(`no reading tool ${name}`)
  return tool
}

export function changer (toolkit: Toolkit, name: string): ChangeTool {
  const tool = toolkit.tools.find((candidate) => candidate.name === name)
  if (tool?.kind !== 'change') throw new Error(`no changing tool ${name}`)
  return tool
}

export const signal = new AbortController().signal

export async function plan (toolkit: Toolkit, name: string, input: unknown, draft: readonly Plan[] = []): Promise<Plan[]> {
  return mergePlans(draft, await changer(toolkit, name).plan(input, { signal, draft }), toolkit.id)
}

export async function apply (toolkit: Toolkit, plans: Plan[], taskId = 'task-chat-1766779451040-2axt2h5cq') {
  return toolkit.apply!(request(plans, { taskId }))
}

/** Of the one change set a test makes of these plans, however often it is asked for. */
export function hashOf (plans: readonly Plan[]): string {
  return createChangeSet('Change it', plans, undefined, 'once').plan_hash
}

/** What a change set of these plans asks its toolkit to do, in a run that keeps no journal. */
export function request (plans: Plan[], { taskId = 'task-chat-1766779451040-2axt2h5cq', planHash = hashOf(plans) } = {}): ApplyRequest {
  return { taskId, planHash, title: 'Change it', plans, signal, noted: new Map(), note: async () => {} }
}

/** The tools a runbook may name, as they are known before any workspace is open. */
export const tools = knownToolkits().flatMap((toolkit) => toolkit.tools)
