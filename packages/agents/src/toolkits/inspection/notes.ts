import { redact } from '@cortex/secrets'
import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { amount, cell, table } from './finding.ts'
import { countBy } from './inventory.ts'
import { Folder, readTexts } from './manifests.ts'

interface Note { kind: string, path: string, line: number, text: string }

const rowsLimit = 300
/** Characters of a line that are looked at. */
const lineLimit = 500

const word = /(?<![\w./-])(TODO|FIXME|HACK|XXX)(?![\w-])[:( ]?/g
/** Where a comment begins: the marks of the usual languages, and not the // of an address. */
const comment = /(?<!:)\/\/|\/\*|^\s*\*|(?:^|\s)#|<!--|(?:^|\s)--\s|^\s*;;/
const markup = /<!--/
const generated = /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|go\.sum|Cargo\.lock|poetry\.lock|composer\.lock|node_modules\/.*|vendor\/.*|dist\/.*)$|\.min\.(?:js|css)$|\.(?:json|svg|csv|lock)$/

/** What its authors left to do: notes in comments, by file and line. */
export function inspectNotes (repository: Repository) {
  return defineRead({
    name: 'inspect_notes',
    description: 'List the notes developers left in comments (TODO, FIXME, HACK, XXX) with file, line and text.',
    input: Type.Object({ folder: Type.Optional(Folder) }, { additionalProperties: false }),
    async run ({ folder }) {
      const commit = await repository.head()
      const { texts } = await readTexts(repository, folder)
      const notes = [...texts].flatMap(([path, text]) => generated.test(path) ? [] : notesIn(path, text))
      const kinds = countBy(notes.map(({ kind }) => kind))
      const files = countBy(notes.map(({ path }) => path))
      const scope = `commit ${commit.slice(0, 12)}, ${amount(texts.size, 'text file')}${folder ? ` of ${folder}` : ''}`
      return {
        summary: `${amount(notes.length, 'note')}${kinds.length > 0 ? ` (${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')})` : ''} in ${scope}`,
        text: [
          '# Open notes', '', `Looked at ${scope}.`, '',
          notes.length === 0 ? 'No comment holds a note.' : table(['Kind', 'Where', 'Note'], notes.slice(0, rowsLimit).map(({ kind, path, line, text }) => [kind, `${cell(path)}:${line}`, cell(redact(text))])),
          ...(notes.length > rowsLimit ? ['', `${notes.length - rowsLimit} more are not shown; look at one folder at a time.`] : []),
          ...(files.length > 0 ? ['', '## Files with the most', '', table(['File', 'Notes'], files.slice(0, 10).map(([path, count]) => [cell(path), String(count)]))] : [])
        ].join('\n'),
        facts: { total: notes.length, files: files.length, scope, notes: notes.slice(0, rowsLimit).map(({ kind, path, line }) => ({ kind, path, line })) }
      }
    }
  })
}

/** A note stands in a comment: its mark is not inside a text, and no text is between the two. */
function notesIn (path: string, text: string): Note[] {
  const mark = /\.(?:md|mdx|html?)$/.test(path) ? markup : comment
  return text.split('\n').flatMap((whole, index) => {
    const line = whole.slice(0, lineLimit)
    const found = [...line.matchAll(word)].find((match) => {
      const begun = mark.exec(line.slice(0, match.index))
      return begun && isClosed(line.slice(0, begun.index)) && !/["'`]/.test(line.slice(begun.index, match.index))
    })
    if (!found) return []
    return [{ kind: found[1]!, path, line: index + 1, text: line.slice(found.index + found[0].length).replace(/\*\/\s*$|-->\s*$/, '').trim() }]
  })
}

/** Whether every text that begins in this code also ends in it. */
function isClosed (code: string): boolean {
  return ['"', "'", '`'].every((quote) => code.split(quote).length % 2 === 1)
}
