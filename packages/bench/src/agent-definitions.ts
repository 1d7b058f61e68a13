import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Steps of the task that waits at each of them. */
export const steps = 10

/** Tasks that may run at once. */
export const concurrency = 20

const runbook = (id: string, words: string, body: object) => JSON.stringify({
  id,
  title: words,
  categories: ['general'],
  match: { all: [[words]] },
  inputs: { name: { description: 'Which one', default: 'none', pattern: '[a-z0-9]{1,30}', find: 'number ([a-z0-9]+)' } },
  result: { summary: 'Done.' },
  ...body
})

/** What an operator would write: a master with a runbook whose steps read a slow address, and one whose change waits for a person. JSON is YAML. */
export async function writeDefinitions (folder: string, slowUrl: string): Promise<{ workspace: string, toolkitsFile: string, mastersFolder: string, runbooksFolder: string }> {
  const read = (_: unknown, index: number) => ({ name: `Read ${index + 1}`, tool: 'http_get', with: { url: `${slowUrl}/<{ name }>` } })
  const files = {
    'toolkits.yaml': { http: { masters: ['general-master'], allow: [{ url: slowUrl, private: true }] } },
    'masters/general.yaml': { id: 'general-master', title: 'General', categories: ['general'], toolkits: ['workspace'], effort: 'low', concurrency, runbooks: ['slow-reads', 'waiting-change'], instructions: 'Follow the runbooks.' }
  }
  const texts = {
    ...Object.fromEntries(Object.entries(files).map(([path, content]) => [path, JSON.stringify(content)])),
    'runbooks/slow-reads/runbook.yaml': runbook('slow-reads', 'slow reads', { steps: Array.from({ length: steps }, read) }),
    'runbooks/waiting-change/runbook.yaml': runbook('waiting-change', 'waiting change', {
      steps: [{ name: 'Plan', tool: 'workspace_write', with: { files: [{ path: 'waiting/<{ name }>.md', content: 'Of <{ name }>' }] } }]
    })
  }
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return { workspace: join(folder, 'workspace'), toolkitsFile: join(folder, 'toolkits.yaml'), mastersFolder: join(folder, 'masters'), runbooksFolder: join(folder, 'runbooks') }
}
