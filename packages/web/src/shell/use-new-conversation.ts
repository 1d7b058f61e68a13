import { usePage } from '../app-context.ts'
import { hasKeyboard } from '../ui/use-media.ts'

/** Goes to a new conversation, with the cursor where its first message is written. */
export function useNewConversation (): () => void {
  const { go, store } = usePage()
  return () => {
    go({ screen: 'chat', conversationId: null, taskId: null })
    store.set({ tab: 'chat', writing: hasKeyboard() })
  }
}
