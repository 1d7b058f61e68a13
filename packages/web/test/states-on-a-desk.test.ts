import t from 'tap'
import { createStage, findBarriers } from './support/open-page.ts'
import { checkState, states } from './support/states.ts'

const stage = await createStage(t)

for (const state of states) {
  t.test(`${state.name} has no barriers on a desk, in both themes`, async (t) => await checkState(t, await stage(t), state, {}, true))
}

t.test('graph, palette and keys have no barriers', async (t) => {
  const here = await stage(t)
  const page = await here.open(t)
  await page.getByRole('button', { name: 'Graph' }).click()
  await page.getByRole('group', { name: 'Dependencies between tasks' }).waitFor()
  t.same(await findBarriers(page), [])
  await page.keyboard.press('Control+k')
  await page.getByRole('option', { name: /Deploy Prometheus stack/ }).waitFor()
  t.same(await findBarriers(page), [])
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('heading', { name: 'Keys' }).waitFor()
  t.same(await findBarriers(page), [])
})
