import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { costOf } from '@cortex/contracts'
import { pino } from 'pino'
import t from 'tap'
import { keepPrices } from '../src/index.ts'

const silent = pino({ level: 'silent' })

t.test('prices come from the file of the operator, and a model that is not in it costs nothing that could be counted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-prices-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'prices.yaml')
  const write = (text: string) => {
    writeFileSync(file, text)
    return file
  }
  const read = async (name?: string) => {
    const prices = await keepPrices(name, silent)
    await prices.close()
    return prices.value
  }
  t.same(await read(), { models: {} }, 'the program brings none of its own')
  const { models } = await read(write('models: { sonnet: { input: 2, output: 10, cache_read: 0.5, cache_write: 2.5 } }'))
  const used = { input_tokens: 1_000_000, output_tokens: 100_000, cache_read_input_tokens: 2_000_000, cache_creation_input_tokens: 400_000 }
  t.equal(costOf(used, models['sonnet']), 2 + 1 + 1 + 1)
  t.equal(costOf({ input_tokens: 500_000, output_tokens: 0 }, models['sonnet']), 1)
  t.equal(costOf(used, models['opus']), 0)
  for (const [text, said] of [
    ['models: { sonnet: { input: 2, output: 10, cache_read: 1 } }', /models\.sonnet\.cache_write is missing/],
    ['models: { sonnet: { input: -2, output: 10, cache_read: 1, cache_write: 1 } }', /models\.sonnet\.input/],
    ['model: {}', /model is not known here/],
    ['models: [', /prices\.yaml/]
  ] as const) await t.rejects(read(write(text)), { code: 'CTX_PRICES_INVALID', message: said })
  await t.rejects(read(join(folder, 'none')), { code: 'CTX_PRICES_INVALID', message: /ENOENT/ })
})
