import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestOwner } from '../../../packages/agents/test/workspace.ts'
import { noHelm, unpackHelm, unpackKubectl } from '../../../packages/agents/test/support/helm-program.ts'
import { parseObjects, type KubernetesObject } from './objects.ts'

export { noHelm }
export const chart = fileURLToPath(new URL('../../helm/cortex', import.meta.url))
export const kustomize = fileURLToPath(new URL('../../kustomize', import.meta.url))

const run = promisify(execFile)
const options = { env: { PATH: process.env['PATH'], HOME: '/nonexistent' }, maxBuffer: 16 * 1024 * 1024 }

/** The real helm on the chart: rendered as the release `cortex` in the namespace `cortex`. */
export async function startHelm (t: TestOwner) {
  const helm = await unpackHelm(t)
  const withValues = async (command: string[], values: object): Promise<string> => {
    const running = run(helm, [...command, '--values', '-'], options)
    running.child.stdin?.end(JSON.stringify(values))
    return (await running).stdout
  }
  return {
    lint: async (values: object = {}) => await withValues(['lint', '--strict', chart], values),
    render: async (values: object = {}, ...flags: string[]): Promise<KubernetesObject[]> => parseObjects(await withValues(['template', 'cortex', chart, '--namespace', 'cortex', ...flags], values)),
    /** What it says when it refuses the values. */
    refusal: async (values: object): Promise<string> => await withValues(['template', 'cortex', chart, '--namespace', 'cortex'], values).then(() => 'nothing was refused', (error: { stderr: string }) => error.stderr)
  }
}

/** What kubectl makes of a folder below deploy/kustomize: the newest, or the oldest that is let use them. */
export async function startKustomize (t: TestOwner, minor: 27 | 35 = 35) {
  const kubectl = await unpackKubectl(t, minor)
  return async (folder: string): Promise<KubernetesObject[]> => parseObjects((await run(kubectl, ['kustomize', `${kustomize}/${folder}`], options)).stdout)
}
