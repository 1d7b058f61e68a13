// Builds the image by docker or buildah, whichever is there:
//   npm run image -- --base node:24.21.0-bookworm-slim@sha256:… [--tag cortex:VERSION]
//   npm run image -- --local-base [--suite bookworm]     on Debian as root, with no engine and nothing pulled: debootstrap and the Node of the workspace
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const [, version] = /^appVersion: (.+)$/m.exec(readFileSync(join(root, 'deploy/helm/cortex/Chart.yaml'), 'utf8'))
const { values: { base, tag, 'local-base': local, suite } } = parseArgs({
  options: { base: { type: 'string' }, tag: { type: 'string', default: `cortex:${version}` }, 'local-base': { type: 'boolean', default: false }, suite: { type: 'string', default: 'bookworm' } }
})
if (local === (base !== undefined)) fail('name the base image with its digest, --base node:24.21.0-bookworm-slim@sha256:…, or say --local-base')
if (base !== undefined && base.includes('@') && !/@sha256:[0-9a-f]{64}$/.test(base)) fail(`--base ${base}: what follows the @ is no digest; write sha256: and all of its 64 hexadecimal digits, as docker pull prints them`)
if (base !== undefined && !/@sha256:[0-9a-f]{64}$/.test(base)) fail(`--base ${base} has no digest: a tag may be another image tomorrow; write ${base}@sha256:…`)
const engine = (local ? ['buildah'] : ['docker', 'buildah']).find((program) => spawnSync(program, [program === 'docker' ? 'info' : 'version'], { stdio: 'ignore' }).status === 0)
if (!engine) fail(`no image can be built here: install ${local ? 'buildah' : 'docker (with its engine running) or buildah'}`)

const env = { ...process.env, DOCKER_BUILDKIT: '1', ...(engine === 'buildah' && process.getuid?.() === 0 && { STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot' }) }
const authorities = process.env.NODE_EXTRA_CA_CERTS
run(engine, [
  'build', ...(engine === 'buildah' ? ['--layers'] : []), '--file', 'deploy/Dockerfile', '--tag', tag, '--build-arg', `BASE=${local ? localBase() : base}`,
  ...(authorities ? ['--secret', `id=ca,src=${authorities}`] : []), ...labels(), '.'
])
console.log(`built ${tag} with ${engine}`)

/** A Debian of the package archive with the Node of the workspace and the npm of this machine, laid out as the official image. */
function localBase () {
  const name = `localhost/cortex-base:${suite}`
  if (spawnSync('buildah', ['inspect', '--type', 'image', name], { env, stdio: 'ignore' }).status === 0) return name
  const folder = mkdtempSync('/var/tmp/cortex-base-')
  try {
    run('debootstrap', ['--variant=minbase', '--include=ca-certificates', suite, folder])
    mkdirSync(join(folder, 'usr/local/lib/node_modules'), { recursive: true })
    cpSync(process.execPath, join(folder, 'usr/local/bin/node'))
    const npm = [join(dirname(dirname(hostNode())), 'lib/node_modules/npm'), '/usr/share/nodejs/npm'].find(existsSync)
    if (npm === undefined) fail('the npm of this machine was not found beside its node')
    cpSync(npm, join(folder, 'usr/local/lib/node_modules/npm'), { recursive: true })
    for (const program of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${program}-cli.js`, join(folder, 'usr/local/bin', program))
    const container = execFileSync('buildah', ['from', 'scratch'], { env, encoding: 'utf8' }).trim()
    run('buildah', ['add', '--quiet', container, folder, '/'])
    run('buildah', ['commit', '--quiet', '--rm', container, name])
    return name
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The node that npm belongs to, not the one of the workspace that runs this. */
function hostNode () {
  const paths = (process.env.PATH ?? '').split(':').filter((path) => !path.includes('node_modules'))
  return join(paths.find((path) => existsSync(join(path, 'npm'))) ?? '/usr/bin', 'node')
}

function labels () {
  const revision = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim()
  const { license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.entries({ title: 'cortex', version, revision, licenses: license }).flatMap(([name, value]) => ['--label', `org.opencontainers.image.${name}=${value}`])
}

function run (program, args) {
  const { status, error } = spawnSync(program, args, { cwd: root, env, stdio: 'inherit' })
  if (status !== 0) fail(`${program} ${args[0]} failed${error ? `: ${error.message}` : ''}`)
}

function fail (message) {
  console.error(message)
  process.exit(1)
}
