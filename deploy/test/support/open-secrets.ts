const tokens = {
  A: `AIza${'a'.repeat(35)}`,
  B: `hf_${'a'.repeat(34)}`,
  C: `sk-proj-${'a'.repeat(24)}`,
  D: `gsk_${'a'.repeat(40)}`,
  E: `ctx_${'a'.repeat(43)}`,
  F: `npm_${'a'.repeat(36)}`,
  G: `see https://hooks.slack.com/services/${'A1b2'.repeat(6)}`,
  H: `AGE-SECRET-KEY-1${'A'.repeat(58)}`
}
const names = { DB_PASS: 'hunter2', MYSQL_PWD: 'hunter2', ADMINPW: 'hunter2', SMTP_PASS_PROD: 'hunter2', GIT_CREDS: 'ada:hunter2', JWT: 'hunter2' }

/** Secrets in the clear that workers are given, all that the refusal says of them, and what it does not say. */
export const openSecrets: Array<[values: object, says: Array<RegExp | string>, spares?: RegExp[]]> = [
  [{
    model: { baseUrl: 'https://host.test/?key=abcd' },
    workers: {
      settings: { ...tokens, ...names },
      files: { toolkits: 'mcp: { servers: [{ name: x, headers: { X-Api-Key: abcdef1234567890 }, env: { apiKey: hunter2, SORT: up } }, { name: y, url: "https://y.test/?access_token=hunter2" }] }' },
      pools: [{ name: 'a', settings: { REDIS_PASS: 'hunter2' } }]
    }
  }, [
    ...Object.keys(tokens).map((name) => `- workers.settings.${name} holds a password or a token in the clear`),
    ...[...Object.keys(names), 'REDIS_PASS'].map((name) => `- settings hold ${name} in the clear`),
    '- model.baseUrl holds a password or a token',
    '- workers.files.toolkits holds a password or a token',
    'workers.files.toolkits.mcp.servers[0].headers.X-Api-Key stands in the clear',
    'workers.files.toolkits.mcp.servers[0].env.apiKey stands in the clear'
  ], [/hunter2/, /aaaa/, /abcd/, /SORT/]]
]

/** What only sounds like a secret. */
export const meantSettings = {
  model: { baseUrl: 'https://host.test/?version=1' },
  podAnnotations: { 'checksum.test/config': `sha256:${'a'.repeat(64)}` },
  backup: { schedule: '*/15 0-6,22 1,15 JAN-jun 1-5/2' },
  signIn: { proxy: { addresses: ['10.42.0.0/16', '192.0.2.7', '::1', 'fd00:10:244::/56', '2001:db8:0:1:2:3:4:5'] } },
  workers: {
    extraVolumes: [{ name: 'ours', persistentVolumeClaim: { claimName: 'cortex-workspace' } }],
    settings: { COMPASS: 'north', BYPASS: 'all', PASSIVE_MODE: 'on', PASS_THROUGH: 'on', KEYCLOAK_URL: 'https://id.test/realms/ops', PWD: '/repository', USE_AUTH: 'false', TLS_KEY_FILE: '/etc/key', MAX_TOKENS: 100_000, CORTEX_ROLLOUT_SECONDS: '60', CORTEX_CLUSTER_SCOPED: 'off' },
    files: { toolkits: 'mcp: { servers: [{ name: x, url: "https://x.test/?page=1", headers_from: { X-Api-Key: X_KEY }, env_from: [X_TOKEN], risks: { create_token: high } }] }' }
  }
}
