import { nobodySignsIn, type Conversation } from '@cortex/contracts'

/** The person behind a name in records, which of a token has that of the token behind a slash. */
export function ownerOf (user: string): string {
  return user.split('/')[0] ?? user
}

/** Whose conversations a list shows; null for all of them. */
export function ownersSeenBy (user: string): readonly string[] | null {
  return user === nobodySignsIn ? null : [ownerOf(user), nobodySignsIn]
}

export function mayContinue ({ owner }: Pick<Conversation, 'owner'>, user: string): boolean {
  return ownersSeenBy(user)?.includes(owner) ?? true
}

export function mayRead (conversation: Pick<Conversation, 'owner' | 'shared'>, user: string): boolean {
  return conversation.shared || mayContinue(conversation, user)
}
