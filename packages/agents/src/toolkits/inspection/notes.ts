import { redact } from '@cortex/secrets'
import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { commentsIn } from './comments.ts'
import { amount, cell, table } from './finding.ts'
import { countBy } from './inventory.ts'
import { Folder, readTexts } from './manifests.ts'

interface Note { kind: string, path: string, line: number, text: string }

const rowsLimit = 300
/** Characters of a line that are looked at. */
const lineLimit = 500

const word = /(?<![\w./-])(TODO|FIXME|HACK|XXX)(?![\w-])[:( ]?/g
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
        summary: `${amount(notes.length, 'note')}${kinds.length > 0 ? ` (${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')})` : ''} in ${scope}; only words in capitals in comments, one a line`,
        text: [
          '# Open notes', '', `Looked at ${scope}.`, '',
          notes.length === 0 ? 'No comment holds a note.' : table(['Kind', 'Where', 'Note'], notes.slice(0, rowsLimit).map(({ kind, path, line, text }) => [kind, `${cell(path)}:${line}`, cell(redact(text))])),
          ...(notes.length > rowsLimit ? ['', `${notes.length - rowsLimit} more are not shown; look at one folder at a time.`] : []),
          ...(files.length > 0 ? ['', '## Files with the most', '', table(['File', 'Notes'], files.slice(0, 10).map(([path, count]) => [cell(path), String(count)]))] : []),
          '', `Looked for TODO, FIXME, HACK and XXX in capitals, in comments as the language of a file has them: the first of a line, within its first ${lineLimit} characters. Strings, text outside comments, lock files, JSON, CSV, SVG and the folders vendor, dist and node_modules are passed over.`
        ].join('\n'),
        facts: { total: notes.length, files: files.length, scope, notes: notes.slice(0, rowsLimit).map(({ kind, path, line }) => ({ kind, path, line })) }
      }
    }
  })
}

/** The first note of each line that has one in a comment. */
function notesIn (path: string, text: string): Note[] {
  const notes: Note[] = []
  const endOfLine = (from: number) => {
    const index = text.indexOf('\n', from)
    return index < 0 ? text.length : index
  }
  let [line, start, end] = [1, 0, endOfLine(0)]
  for (const { from, to } of commentsIn(path, text)) {
    for (const match of text.slice(from, to).matchAll(word)) {
      const index = from + match.index
      for (; end < index; end = endOfLine(start)) {
        line++
        start = end + 1
      }
      if (notes.at(-1)?.line === line || index - start >= lineLimit) continue
      const rest = text.slice(index + match[0].length, Math.min(to, start + lineLimit)).split('\n', 1)[0]!
      notes.push({ kind: match[1]!, path, line, text: rest.trim() })
    }
  }
  return notes
}
