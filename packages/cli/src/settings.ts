import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readConfig } from '@cortex/service/config'
import { Type, type Static } from '@sinclair/typebox'
import { CortexNotRunning, TokenUnprotected } from './errors.ts'

/** What the commands that speak to a running Cortex read. */
export const CliConfig = Type.Object({
  CORTEX_URL: Type.Optional(Type.String({ pattern: '^https?://[^/@]+', format: 'http-url', description: 'Address of the chat, as https://cortex.example; unless set, that of the Cortex that runs on CORTEX_HOME' })),
  CORTEX_TOKEN: Type.Optional(Type.String({ pattern: '^[\\x21-\\x7e]+$', description: 'Sent as Authorization: Bearer; never over an unencrypted connection to another machine' })),
  CORTEX_HOME: Type.String({ default: '.cortex', description: 'Data folder of a Cortex on this machine; from the checkout where it is not absolute, as for npm start' })
})

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** @throws CTX_CONFIG_INVALID, CTX_CORTEX_NOT_RUNNING, CTX_TOKEN_UNPROTECTED */
export function connectionOf (env: NodeJS.ProcessEnv): { url: URL, token: string | undefined } {
  const config = readConfig(CliConfig, env)
  const url = addressOf(config)
  if (config.CORTEX_TOKEN !== undefined && url.protocol === 'http:' && !loopback.has(url.hostname)) throw new TokenUnprotected(url.origin)
  return { url, token: config.CORTEX_TOKEN }
}

function addressOf ({ CORTEX_URL: given, CORTEX_HOME: home }: Static<typeof CliConfig>): URL {
  if (given !== undefined) return new URL(given.endsWith('/') ? given : `${given}/`)
  const file = join(resolve(home), 'ready.json')
  if (!existsSync(file)) throw new CortexNotRunning(file)
  const { chat_url: url } = JSON.parse(readFileSync(file, 'utf8')) as { chat_url: string }
  return new URL(`${url}/`)
}
