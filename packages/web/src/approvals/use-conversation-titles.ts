import type { Approval, ConversationList } from '@cortex/contracts'
import { useEffect, useMemo } from 'react'
import { useLoad } from '../ui/use-load.ts'

/** The titles of the conversations the person may read, by id; they tell change sets apart that read the same. Read anew whenever something else waits. */
export function useConversationTitles (approvals: readonly Approval[]): ReadonlyMap<string, string> {
  const { value, reload } = useLoad<ConversationList>('/v1/conversations?limit=200')
  const waiting = approvals.map(({ id }) => id).join()
  useEffect(reload, [reload, waiting])
  return useMemo(() => new Map(value?.conversations.map(({ id, title }) => [id, title])), [value])
}
