import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Git } from '@cortex/agents/git'
import { WorkspaceShallow } from '../errors.ts'
import type { WorkspacePart } from './manifest.ts'
import type { Running } from './parts.ts'

/** Milliseconds for what goes through a whole repository. */
const timeLimit = 3_600_000

/** Whether there is a repository with at least one commit. */
export async function hasCommits (directory: string): Promise<boolean> {
  return existsSync(join(directory, '.git')) && await new Git(directory).line(['rev-parse', '--verify', '--quiet', 'HEAD'], { answers: [1] }) !== ''
}

/**
 * Writes every commit that a branch, a tag or HEAD leads to. Remotes, hooks and settings stay behind: they may hold passwords, and programs.
 * @throws CTX_WORKSPACE_SHALLOW, CTX_GIT_FAILED
 */
export async function bundleWorkspace (directory: string, target: string, { signal }: Running): Promise<Omit<WorkspacePart, 'name' | 'sha256' | 'bytes'>> {
  const git = new Git(directory)
  if (await git.line(['rev-parse', '--is-shallow-repository']) === 'true') throw new WorkspaceShallow(directory)
  await git.text(['bundle', 'create', '--quiet', target, '--all', 'HEAD'], { timeLimit, signal })
  const heads = (await git.text(['bundle', 'list-heads', target])).split('\n')
  const branch = await git.line(['symbolic-ref', '--quiet', 'HEAD'], { answers: [1] })
  const uncommitted = await git.uncommitted()
  return {
    object_format: await git.line(['rev-parse', '--show-object-format']) === 'sha256' ? 'sha256' : 'sha1',
    // As it stands in the bundle: there may be a newer one by now.
    head: heads.find((line) => line.endsWith(' HEAD'))?.split(' ')[0] ?? '',
    branch: branch === '' ? null : branch,
    uncommitted
  }
}

/** Makes the repository anew in a folder that does not exist yet, with the files of its commit. @throws CTX_GIT_FAILED */
export async function unbundleWorkspace (bundle: string, directory: string, { head, branch, object_format: format }: Omit<WorkspacePart, 'name' | 'sha256' | 'bytes'>, { signal }: Running): Promise<void> {
  await mkdir(directory, { recursive: true })
  const git = new Git(directory)
  await git.text(['init', '--quiet', `--object-format=${format}`])
  // A branch that is none of the repository's, or git would not fetch into the one that is checked out.
  await git.text(['symbolic-ref', 'HEAD', 'refs/cortex/restoring'])
  await git.text(['-c', 'fetch.fsckObjects=true', 'fetch', '--quiet', bundle, '+refs/*:refs/*', '+HEAD:refs/cortex/restoring'], { timeLimit, transport: 'file', signal })
  if (branch === null) await git.text(['update-ref', '--no-deref', 'HEAD', head])
  else await git.text(['symbolic-ref', 'HEAD', branch])
  await git.text(['reset', '--quiet', '--hard', head], { timeLimit, signal })
  await git.text(['update-ref', '-d', 'refs/cortex/restoring'])
}
