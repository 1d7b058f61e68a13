export { checkChat } from './check-start.ts'
export { ChatConfig, chatModelOf, chatModelSettings, chatModelsOf } from './config.ts'
export { startChat, type ChatOptions } from './start.ts'
export type { ModelSettings } from './model.ts'
