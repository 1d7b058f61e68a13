import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import { chromium, type Browser } from 'playwright-core'

const debianChromium = '/usr/bin/chromium'
const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-dev-shm-usage', '--font-render-hinting=none'
]

/** Starts a headless Chromium: the one of CHROMIUM_PATH, the machine's, or the one that came with the packages. The caller closes it. */
export async function launchBrowser (): Promise<Browser> {
  const installed = process.env['CHROMIUM_PATH'] ?? (existsSync(debianChromium) ? debianChromium : undefined)
  if (installed !== undefined) return await chromium.launch({ executablePath: installed, args: flags })
  const folder = await unpackChromium()
  // The libraries beside it serve machines that have no NSS.
  return await chromium.launch({ executablePath: join(folder, 'chromium'), args: flags, env: { ...process.env, LD_LIBRARY_PATH: join(folder, 'lib') } })
}

/** Unpacks the packaged browser once a machine. Renamed into place, because several test processes may do this at once. */
async function unpackChromium (): Promise<string> {
  const entry = import.meta.resolve('@sparticuz/chromium')
  const { version } = JSON.parse(await readFile(fileURLToPath(new URL('../package.json', entry)), 'utf8')) as { version: string }
  const unpacked = join(process.env['TEST_BROWSER_FOLDER'] ?? tmpdir(), `cortex-chromium-${version}`)
  if (existsSync(unpacked)) return unpacked

  const draft = await mkdtemp(`${unpacked}-`)
  try {
    await Promise.all([
      pipeline(unbrotli(new URL('../bin/chromium.br', entry)), createWriteStream(join(draft, 'chromium'), { mode: 0o700 })),
      unpackTar(new URL('../bin/al2023.tar.br', entry), draft)
    ])
    await rename(draft, unpacked).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(unpacked)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return unpacked
}

function unbrotli (file: URL): Readable {
  return createReadStream(file).pipe(createBrotliDecompress({ chunkSize: 1 << 21 }))
}

async function unpackTar (file: URL, folder: string): Promise<void> {
  const tar = spawn('tar', ['-x', '-C', folder], { stdio: ['pipe', 'ignore', 'inherit'] })
  const [[code]] = await Promise.all([once(tar, 'close') as Promise<[number | null]>, pipeline(unbrotli(file), tar.stdin)])
  if (code !== 0) throw new Error(`tar ended with ${code}`)
}
