import type { Draft } from './drafts.ts'
import { readFront } from './front.ts'
import { subjectStems } from './stems.ts'
import { render, type Token } from './tokens.ts'

/** Parts asked for before in the same message that "skip the scan" or "don't deploy Redis" is about. `until`: they are only put off. */
export function refused (tokens: readonly Token[], drafts: readonly Draft[]): { drafts: readonly Draft[], until: readonly Token[] | null } {
  const front = readFront(tokens)
  const said = tokens.slice(front.refused)
  const at = said.findIndex(({ lower }, i) => i > 0 && /^(?:until|till|unless|before)$/.test(lower))
  const meant = meantBy(at === -1 ? said : said.slice(0, at), drafts)
  return { drafts: meant, until: at === -1 || meant.length === 0 ? null : said.slice(at + 1) }
}

/** The drafts that all the words are about. */
export function meantBy (tokens: readonly Token[], drafts: readonly Draft[]): readonly Draft[] {
  const wanted = subjectStems(render(tokens))
  for (const word of ['anymor', 'though', 'then', 'after', 'all', 'instead', 'actual', 'pleas', 'alon', 'alone', 'out', 'be', 'untouched']) wanted.delete(word)
  return wanted.size === 0 ? [] : drafts.filter(({ stems }) => [...wanted].every((root) => stems.has(root)))
}
