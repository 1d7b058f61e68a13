import { nobodySignsIn, type Conversation } from '@cortex/contracts'

/** Whose conversations a list shows; null for all of them. */
export function ownersSeenBy (user: string): readonly string[] | null {
  return user === nobodySignsIn ? null : [user, nobodySignsIn]
}

export function mayContinue ({ owner }: Pick<Conversation, 'owner'>, user: string): boolean {
  return ownersSeenBy(user)?.includes(owner) ?? true
}

export function mayRead (conversation: Pick<Conversation, 'owner' | 'shared'>, user: string): boolean {
  return conversation.shared || mayContinue(conversation, user)
}
