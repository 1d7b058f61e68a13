import { Type } from '@sinclair/typebox'

/** Read by backup and restore alone: a chat that runs by itself is told its folder as CORTEX_HOME. */
export const chatHomeSetting = { CHAT_HOME: Type.Optional(Type.String({ description: 'For backup and restore: folder of the chat\'s store where it is another than CORTEX_HOME, as in Kubernetes' })) }
