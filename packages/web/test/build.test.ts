import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { buildPage } from '../build.ts'

const budget = 150 * 1_024

t.test('a page whose sources did not change is not built again', async (t) => {
  const first = await buildPage()
  const before = await stat(first)
  const [one, two] = await Promise.all([buildPage(), buildPage()])
  t.same([one, two], [first, first])
  t.equal((await stat(first)).mtimeMs, before.mtimeMs)
})

t.test('what is loaded first stays within 150 KB of gzipped JavaScript', async (t) => {
  const page = await buildPage()
  const html = await readFile(join(page, 'index.html'), 'utf8')
  const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '')
  t.ok(scripts.length > 0)
  let bytes = 0
  for (const script of scripts) bytes += gzipSync(await readFile(join(page, script))).length
  t.comment(`${Math.round(bytes / 1_024)} KB gzipped`)
  t.ok(bytes <= budget, `${bytes} bytes`)
})

t.test('nothing is inline, and nothing comes from elsewhere', async (t) => {
  const page = await buildPage()
  const html = await readFile(join(page, 'index.html'), 'utf8')
  t.notMatch(html, /<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=/)
  for (const file of await readdir(join(page, 'assets'))) {
    if (!file.endsWith('.css')) continue
    t.notMatch(await readFile(join(page, 'assets', file), 'utf8'), /url\(["']?(?:https?:|\/\/|data:)/, file)
  }
})
