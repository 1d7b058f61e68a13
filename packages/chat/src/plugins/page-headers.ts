import fp from 'fastify-plugin'

const headers = {
  // What is one person's must not wait in a cache for the next; files of the page say otherwise.
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin'
}

/** On every answer, not only the page: an answer of the API opened in a tab must not become a page of somebody's making. */
export default fp<{ https: boolean }>(async (app, { https }) => {
  const all = https ? { ...headers, 'strict-transport-security': 'max-age=31536000' } : headers
  app.addHook('onRequest', async (_request, reply) => { reply.headers(all) })
}, { name: 'page-headers' })
