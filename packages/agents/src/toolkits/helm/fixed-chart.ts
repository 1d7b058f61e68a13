import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { FAILSAFE_SCHEMA, load, mergeTag } from 'js-yaml'
import { chartUnsuited } from '../../errors.ts'
import type { Chart } from './chart.ts'
import type { Manifest } from './read-manifest.ts'

const About = Type.Object({ name: Type.String(), version: Type.String(), appVersion: Type.Optional(Type.String()), description: Type.Optional(Type.String()) })

/**
 * A chart by the name of another that renders exactly these objects and asks nothing. What helm installs is what was looked at: no template
 * runs while it may write, `lookup` has nothing to read, and what would be made beside the templates (a folder `crds/`) is not there.
 * @param chart folder with the chart the objects were rendered from
 * @returns the folder of the fixed one
 */
export async function fixChart ({ path }: Chart, chart: string, manifest: Manifest, folder: string): Promise<string> {
  // As texts, for a version like 1.10 is no number.
  const about: unknown = load(await readFile(join(chart, 'Chart.yaml'), 'utf8'), { schema: FAILSAFE_SCHEMA.withTags(mergeTag) })
  if (!Value.Check(About, about)) throw chartUnsuited(path, 'its Chart.yaml has no name or no version')
  const { name, version, appVersion, description } = about
  const fixed = join(folder, 'fixed')
  await mkdir(join(fixed, 'templates'), { recursive: true })
  await writeFile(join(fixed, 'Chart.yaml'), JSON.stringify({ apiVersion: 'v2', name, version, appVersion, description }))
  await writeFile(join(fixed, 'objects.yaml'), manifest.map((object) => `---\n${JSON.stringify(object, null, 2)}\n`).join(''), { mode: 0o600 })
  await writeFile(join(fixed, 'templates/objects.yaml'), '{{ .Files.Get "objects.yaml" }}\n')
  const values = await readFile(join(chart, 'values.yaml'), 'utf8').catch(() => '')
  await writeFile(join(fixed, 'values.yaml'), values, { mode: 0o600 })
  return fixed
}
