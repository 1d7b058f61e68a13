import type { Service } from '@cortex/service'

export default async function readiness (app: Service) {
  app.get('/readyz', { config: { access: 'open', traced: false }, schema: { hide: true } }, async () => {
    await app.taskStore.lastSeq()
    return { status: 'ok' }
  })
}
