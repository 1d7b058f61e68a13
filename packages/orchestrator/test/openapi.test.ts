import t from 'tap'
import { orchestrate } from './orchestrator.ts'

t.test('the pages of /docs and the document are there for the first who asks, and are not sent again to who has them', async (t) => {
  const { url } = await orchestrate(t)
  const page = await fetch(`${url}/docs`)
  t.equal(page.status, 200)
  t.match(page.headers.get('content-security-policy'), /script-src 'self'/)
  const html = await page.text()
  t.match(html, /swagger-ui\.css/)
  const document = await (await fetch(`${url}/openapi.json`)).json() as { openapi: string, paths: Record<string, object> }
  t.equal(document.openapi, '3.1.0')
  t.match(document.paths, { '/execute-tool': { post: { requestBody: {} } }, '/v1/tasks/{id}': { get: { responses: {} } } })
  t.notMatch(Object.keys(document.paths).join(' '), /docs|metrics/)
  t.same(await (await fetch(`${url}/docs/json`)).json(), document)

  const styles = await fetch(`${url}/docs/static/swagger-ui.css`)
  t.match(styles.headers.get('content-type'), 'text/css')
  t.ok((await styles.text()).length > 10_000)
  const again = await fetch(`${url}/docs/static/swagger-ui.css`, { headers: { 'if-none-match': styles.headers.get('etag') ?? '' } })
  t.equal(again.status, 304)
  t.equal((await fetch(`${url}/docs/static/nothing.js`)).status, 404)
})
