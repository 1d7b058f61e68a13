import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { chartUnsuited } from '../../errors.ts'
import { checkPath } from '../workspace/paths.ts'
import type { Repository } from '../workspace/repository.ts'

const filesLimit = 500
const sizeLimit = 8 * 1024 * 1024

/** A chart of the workspace: its folder, and the git tree that is what it held when it was looked at. */
export interface Chart { path: string, tree: string }

/** The chart as it stands in the last commit. @throws CTX_CHART_UNSUITED, CTX_PATH_REFUSED */
export async function findChart (repository: Repository, path: string): Promise<Chart> {
  const folder = (await repository.entries('HEAD', [checkPath(path)])).get(path)
  if (!folder?.mode.startsWith('04') || !(await repository.entries(folder.blob, ['Chart.yaml'])).has('Chart.yaml')) throw chartUnsuited(path, 'the last commit of the workspace has no folder of that name with a Chart.yaml; a chart is committed before it is used')
  return { path, tree: folder.blob }
}

/** Writes exactly that tree into a folder, whatever the workspace holds by now. @throws CTX_CHART_UNSUITED */
export async function exportChart (repository: Repository, { path, tree }: Chart, folder: string): Promise<string> {
  const files = await repository.filesOf(tree)
  if (files.length > filesLimit) throw chartUnsuited(path, `it has ${files.length} files, and ${filesLimit} is the most`)
  if (files.reduce((sum, { size }) => sum + size, 0) > sizeLimit) throw chartUnsuited(path, `it is larger than ${sizeLimit / 1024 / 1024} MB`)
  const blobs = await repository.blobs(files.map(({ blob }) => blob))
  const target = join(folder, 'chart')
  for (const file of files) {
    const place = join(target, ...checkPath(file.path).split('/'))
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, blobs.get(file.blob)!)
  }
  return target
}

/** Whether helm would install objects beside those of its templates: what a folder `crds/` holds, of whatever kind. */
export async function holdsDefinitions (repository: Repository, { tree }: Chart): Promise<boolean> {
  return (await repository.filesOf(tree)).some(({ path }) => /^(?:charts\/[^/]+\/)*crds\//.test(path))
}
