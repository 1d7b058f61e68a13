import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder, writeFiles, type TestOwner } from '../workspace.ts'

export interface Noting {
  folder: string
  toolkitsFile: string
  /** A policy by which the command runs without being asked for. */
  freely: string
  /** What the command has noted, once for each time it ran. */
  noted: () => Promise<string[]>
}

/** A command that leaves a line behind each time it runs, and that nothing in the world tells from one that did not run. */
export async function noting (t: TestOwner, masters = '[general-master, development-master, infrastructure-master]'): Promise<Noting> {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, {
    'toolkits.yaml': `shell:
  masters: ${masters}
  commands:
    - { name: note, description: Notes., kind: change, risk: low, folder: ${folder}, argv: [sh, -c, 'printf "%s\\n" "$1" >> noted', --, '{line}'], undo: [sh, -c, 'printf "undo %s\\n" "$1" >> noted', --, '{line}'], arguments: { line: { description: What is noted. } } }`,
    'policy.yaml': 'rules: [{ name: notes are free, match: { toolkit: shell }, decision: auto }]'
  })
  return {
    folder,
    toolkitsFile: join(folder, 'toolkits.yaml'),
    freely: join(folder, 'policy.yaml'),
    noted: async () => (await readFile(join(folder, 'noted'), 'utf8').catch(() => '')).split('\n').filter(Boolean)
  }
}
