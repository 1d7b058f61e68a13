// Writes what Cortex is made of, as CycloneDX, from the lockfile: `npm run sbom -- [FILE]`; to stdout without one. The image carries the same at /app/sbom.cdx.json.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const [file] = process.argv.slice(2)
const args = ['--yes', packageManager, 'sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--prod', '--lockfile-only', ...(file ? ['--out', file] : [])]
process.exitCode = spawnSync('npx', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1
