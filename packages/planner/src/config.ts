import { OneOf } from '@cortex/contracts'
import { tracingSettings } from '@cortex/service'
import { Type } from '@sinclair/typebox'

export const Config = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on; loopback only' }),
  PLANNER_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8_100, description: '0 means any free port' }),
  ...tracingSettings,
  LOG_LEVEL: OneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { default: 'info' })
})
