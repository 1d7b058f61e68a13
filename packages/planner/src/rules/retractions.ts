import type { Draft } from './drafts.ts'
import { readFront } from './front.ts'
import { subjectStems } from './stems.ts'
import { render, type Token } from './tokens.ts'

/** Parts asked for before in the same message that "skip the scan" or "don't deploy Redis" is about. `until`: they are only put off. */
export function refused (tokens: readonly Token[], drafts: readonly Draft[]): { drafts: readonly Draft[], until: readonly Token[] | null } {
  const front = readFront(tokens)
  const said = tokens.slice(front.refused)
  const at = said.findIndex(({ lower }, i) => i > 0 && /^(?:until|till|unless|before)$/.test(lower))
  const wanted = subjectStems(render(at === -1 ? said : said.slice(0, at)))
  wanted.delete('anymor')
  if (wanted.size === 0) return { drafts: [], until: null }
  return { drafts: drafts.filter(({ stems }) => [...wanted].every((root) => stems.has(root))), until: at === -1 ? null : said.slice(at + 1) }
}
