import { ownerOf, type Conversation } from '@cortex/contracts'
import { newId } from './ids.ts'

export function newConversation (user: string, title = ''): Conversation {
  const now = new Date().toISOString()
  return { id: newId('conv'), title, owner: ownerOf(user), shared: false, model: null, created_at: now, updated_at: now }
}
