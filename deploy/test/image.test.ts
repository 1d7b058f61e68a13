import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

t.test('the image is built on a base that is named with its digest, or on one made here', async (t) => {
  const build = (...args: string[]) => spawnSync(process.execPath, ['scripts/image.mjs', ...args], { cwd: root, encoding: 'utf8' })
  for (const [args, says] of [
    [[], 'name the base image with its digest'],
    [['--base', 'node:24-bookworm-slim'], 'has no digest: a tag may be another image tomorrow'],
    [['--base', 'node:24@sha256:abc'], 'what follows the @ is no digest; write sha256: and all of its 64 hexadecimal digits'],
    [['--base', `node@sha256:${'0'.repeat(64)}`, '--local-base'], 'or say --local-base']
  ] as const) {
    const { status, stderr } = build(...args)
    t.equal(status, 1)
    t.match(stderr, says)
  }
})

t.test('the image has the command `cortex`, and every package that its processes and the command are made of, but for the page', async (t) => {
  const dockerfile = read('deploy/Dockerfile')
  const [, installed = ''] = /install-packages (@cortex\/orchestrator .+)$/m.exec(dockerfile) ?? []
  const spared = [...installed.matchAll(/!@cortex\/(\w+)/g)].map(([, name]) => name)
  const needed = new Set([...installed.matchAll(/(?<!!)@cortex\/(\w+)/g)].map(([, name]) => name!))
  for (const name of needed) {
    const { dependencies = {} } = JSON.parse(read(`packages/${name}/package.json`)) as { dependencies?: Record<string, string> }
    for (const each of Object.keys(dependencies)) if (each.startsWith('@cortex/')) needed.add(each.slice(8))
  }
  t.ok(needed.has('cli'))
  t.strictSame([...needed].filter((name) => !spared.includes(name) && !dockerfile.includes(`COPY packages/${name} packages/${name}\n`)), [])
  t.strictSame(spared, ['web'])
})

t.test('the chart deploys the version its sources are', async (t) => {
  t.equal(/^appVersion: (.+)$/m.exec(read('deploy/helm/cortex/Chart.yaml'))?.[1], (JSON.parse(read('package.json')) as { version: string }).version)
})

t.test('what the image copies, compiles and runs is there, and it runs as nobody who may write in it', async (t) => {
  const dockerfile = read('deploy/Dockerfile')
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(\S+) \S+$/gm)].map(([, path]) => path!).filter((path) => path !== '.')
  const compiled = [...read('deploy/warm.mjs').matchAll(/'([a-z]+\/src\/[^']+)'/g)].map(([, path]) => `packages/${path}`)
  const run = [...dockerfile.matchAll(/packages\/[a-z]+\/src\/[a-z/-]+\.ts/g)].map(([path]) => path)
  t.ok(copied.length > 5 && compiled.length > 5 && run.length > 0)
  for (const path of [...copied, ...compiled, ...run]) t.ok(existsSync(join(root, path)), path)
  t.match(dockerfile, /^USER 10001:10001$/m)
  t.notMatch(dockerfile, /^ARG BASE=/m, 'nobody gets a base that was not named')
})
