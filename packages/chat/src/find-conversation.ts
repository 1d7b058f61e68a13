import type { Conversation } from '@cortex/contracts'
import { mayContinue, mayRead } from './domain/access.ts'
import { ConversationNotFound, ConversationNotYours } from './errors.ts'
import type { ConversationStore } from './store/conversation-store.ts'

/** @throws CTX_CONVERSATION_NOT_FOUND also where there is one that is somebody else's: its id says nothing */
export async function findReadable (store: ConversationStore, id: string, user: string): Promise<Conversation> {
  const conversation = await store.find(id)
  if (!conversation || !mayRead(conversation, user)) throw new ConversationNotFound(id)
  return conversation
}

/** @throws CTX_CONVERSATION_NOT_FOUND, CTX_CONVERSATION_NOT_YOURS */
export async function findOwn (store: ConversationStore, id: string, user: string): Promise<Conversation> {
  const conversation = await findReadable(store, id, user)
  if (!mayContinue(conversation, user)) throw new ConversationNotYours(id)
  return conversation
}
