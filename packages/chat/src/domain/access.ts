import { nobodySignsIn, ownerOf, type Conversation } from '@cortex/contracts'

/** Whose conversations a list shows; null for all of them. */
export function ownersSeenBy (user: string): readonly string[] | null {
  return user === nobodySignsIn ? null : [ownerOf(user), nobodySignsIn]
}

export function mayContinue ({ owner }: Pick<Conversation, 'owner'>, user: string): boolean {
  return user === nobodySignsIn || owner === nobodySignsIn || ownerOf(owner) === ownerOf(user)
}

export function mayRead (conversation: Pick<Conversation, 'owner' | 'shared'>, user: string): boolean {
  return conversation.shared || mayContinue(conversation, user)
}
