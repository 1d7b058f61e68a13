import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { glob, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('.', import.meta.url))
const builds = join(root, 'dist')
/** What a build is made of. The lockfile stands for everything in node_modules. */
const sources = ['src/**/*', 'public/**/*', 'index.html', 'vite.config.ts', 'package.json', '../../pnpm-lock.yaml']
const buildTimeoutMs = 120_000

/**
 * Builds the page when its sources changed and answers with the folder to serve. A build is named by the hash of what it was made of
 * and renamed into place, so that processes that build at once never see half of one.
 */
export async function buildPage (): Promise<string> {
  const name = await hashSources()
  const built = join(builds, name)
  if (existsSync(built)) return built

  const draft = join(builds, `draft-${randomUUID()}`)
  await mkdir(builds, { recursive: true })
  try {
    await runVite(draft)
    await rename(draft, built).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(built)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  await removeOldBuilds(name)
  return built
}

async function hashSources (): Promise<string> {
  const hash = createHash('sha256')
  const files: string[] = []
  for await (const entry of glob(sources, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name))
  }
  for (const file of files.sort()) hash.update(file.slice(root.length)).update('\0').update(await readFile(file)).update('\0')
  return hash.digest('hex').slice(0, 16)
}

/** A process of its own: the bundler's memory goes with it, and ours stays small. */
async function runVite (outDir: string): Promise<void> {
  const vite = fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')))
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', outDir, '--logLevel', 'warn'], {
    cwd: root,
    timeout: buildTimeoutMs,
    env: { ...process.env, NODE_ENV: 'production' }
  })
}

/** A server that runs may still serve the last build; nobody serves one for longer than this without a restart in development. */
const keepBuildsMs = 86_400_000

async function removeOldBuilds (current: string): Promise<void> {
  for (const name of await readdir(builds)) {
    const old = await stat(join(builds, name))
    if (name !== current && Date.now() - old.mtimeMs > keepBuildsMs) await rm(join(builds, name), { recursive: true, force: true })
  }
}
