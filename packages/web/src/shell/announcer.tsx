import { usePageState } from '../app-context.ts'

/** Tells a screen reader of ends and questions. The conversation itself stays silent: words that stream in would never stop. */
export function Announcer () {
  const announcement = usePageState((state) => state.announcement)
  return <p aria-live='polite' className='sr-only'>{announcement}</p>
}
