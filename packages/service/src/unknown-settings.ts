import type { Fault } from '@cortex/contracts'
import { closest } from 'fastest-levenshtein'
import { settingNames } from './setting-names.ts'

/** What Kubernetes tells a pod of services whose names begin like ours, unless `enableServiceLinks` is false. */
const serviceVariable = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/
const serviceAddress = /^(tcp|udp|sctp):\/\//

/**
 * Variables that look like settings and are none: one that is misspelt would be missed without a word, with CORTEX_USERS as the worst, without which nobody has to sign in.
 * @param env without those that count as not set
 */
export function unknownSettings (env: NodeJS.ProcessEnv): Fault[] {
  const names = Object.keys(env).filter((name) => /^cortex_/i.test(name) && !settingNames.includes(name) && !isOfService(name, env))
  return names.map((name) => ({ field: name, message: `is no setting; the nearest is ${closest(name.toUpperCase(), settingNames)}` }))
}

function isOfService (name: string, env: NodeJS.ProcessEnv): boolean {
  if (env['KUBERNETES_SERVICE_HOST'] === undefined) return false
  return serviceVariable.test(name) || (name.endsWith('_PORT') && serviceAddress.test(env[name] ?? ''))
}
