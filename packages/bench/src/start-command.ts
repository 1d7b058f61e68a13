import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Where `npm start` runs. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** What `npm start` runs on Node, in the start script's own words: the bootstrap, then its program with its flags. */
export async function startCommand (): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').slice(2)
}

/** The flags of Node that the services run with. */
export async function startFlags (): Promise<string[]> {
  return (await startCommand()).filter((word) => word.startsWith('--'))
}
