import { createContext, useContext } from 'react'
import type { Page } from './state/page.ts'
import type { PageState } from './state/page-state.ts'
import { useStore } from './state/store.ts'

export const PageContext = createContext<Page | null>(null)

export function usePage (): Page {
  const page = useContext(PageContext)
  if (!page) throw new Error('Rendered outside the page')
  return page
}

/** Reads a part of the page's state; see useStore. */
export function usePageState<Part> (select: (state: PageState) => Part, same?: (a: Part, b: Part) => boolean): Part {
  return useStore(usePage().store, select, same)
}
