import t from 'tap'
import { createStage, overflow } from './support/open-page.ts'
import { checkState, openTask, states } from './support/states.ts'

const stage = await createStage(t)
const phone = { width: 390, height: 844, theme: 'light', more: { hasTouch: true, isMobile: true } } as const

for (const state of states.filter(({ phone }) => phone)) {
  t.test(`${state.name} has no barriers on a phone`, async (t) => await checkState(t, await stage(t), state, phone, false))
}

t.test('at 320 px every tab and the drawer fit', async (t) => {
  const here = await stage(t)
  const page = await here.open(t, { width: 320, height: 640 })
  for (const tab of ['Tasks', 'Timeline', 'Chat']) {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: new RegExp(`${tab}$`) }).click()
    t.equal(await overflow(page), 0, tab)
  }
  await openTask('Enforce network policies')(page, here)
  await page.getByRole('button', { name: 'Approve and apply' }).scrollIntoViewIfNeeded()
  t.equal(await overflow(page), 0, 'approval')
})
