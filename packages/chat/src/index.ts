export { checkChat } from './check-start.ts'
export { ChatConfig, chatModelSettings, chatModelsOf } from './config.ts'
export { startChat, type ChatOptions } from './start.ts'
export type { ModelSettings } from './model.ts'
