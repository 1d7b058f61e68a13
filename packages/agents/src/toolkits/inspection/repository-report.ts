import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { amount, cell, table } from './finding.ts'
import { countBy } from './inventory.ts'
import { readTexts } from './manifests.ts'

const endings: ReadonlyArray<readonly [language: string, endings: string]> = [
  ['TypeScript', 'ts tsx mts cts'], ['JavaScript', 'js jsx mjs cjs'], ['Python', 'py'], ['Go', 'go'], ['Rust', 'rs'], ['Java', 'java'], ['Kotlin', 'kt'], ['Ruby', 'rb'],
  ['PHP', 'php'], ['C#', 'cs'], ['C', 'c h'], ['C++', 'cpp cc hpp'], ['Shell', 'sh bash'], ['Terraform', 'tf'], ['SQL', 'sql'], ['CSS', 'css scss'], ['HTML', 'html'],
  ['Vue', 'vue'], ['Svelte', 'svelte'], ['YAML', 'yaml yml'], ['JSON', 'json'], ['TOML', 'toml'], ['Markdown', 'md']
]
const languages = new Map(endings.flatMap(([language, names]) => names.split(' ').map((name) => [name, language] as const)))
const prose = new Set(['YAML', 'JSON', 'TOML', 'Markdown'])
const testFile = /(?:^|\/)(?:tests?|__tests__|spec)\/|[._-](?:test|spec)\.[a-z]+$|(?:^|\/)test_[^/]+\.py$|_test\.go$/
const historyDepth = 500

/** What a developer who is new to the repository would ask first. */
export function inspectRepository (repository: Repository) {
  return defineRead({
    name: 'inspect_repository',
    description: 'Report on the repository: languages and sizes, tests, history, files that change most, largest files, open notes (TODO, FIXME), what is missing.',
    input: Type.Object({}, { additionalProperties: false }),
    async run () {
      const [{ entries, texts }, history, hot] = await Promise.all([readTexts(repository), repository.history(historyDepth), repository.hotFiles(historyDepth)])
      const byLanguage = new Map<string, { files: number, lines: number }>()
      let notes = 0
      for (const [path, text] of texts) {
        const language = languages.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase())
        if (language === undefined) continue
        const sum = byLanguage.get(language) ?? { files: 0, lines: 0 }
        byLanguage.set(language, { files: sum.files + 1, lines: sum.lines + text.split('\n').length - (text.endsWith('\n') ? 1 : 0) })
        if (!prose.has(language)) notes += text.match(/\b(?:TODO|FIXME|HACK)\b/g)?.length ?? 0
      }
      const rows = [...byLanguage].sort((a, b) => b[1].lines - a[1].lines)
      const code = rows.filter(([language]) => !prose.has(language))
      const tests = entries.filter(({ path }) => testFile.test(path))
      const present = new Set(entries.map(({ path }) => path))
      const standing = hot.filter(({ path }) => present.has(path)).slice(0, 10)
      const lines = rows.reduce((sum, [, each]) => sum + each.lines, 0)
      const main = code[0]?.[0] ?? rows[0]?.[0] ?? 'none'
      const missing = missingIn([...present])
      const last = history[0]
      return {
        summary: `${amount(entries.length, 'file')}, ${amount(lines, 'line')}, mostly ${main}; ${amount(tests.length, 'test file')}; ${amount(history.length, 'commit')}${history.length === historyDepth ? ' or more' : ''} by ${amount(countBy(history.map(({ author }) => author)).length, 'author')}`,
        text: [
          '# Repository report', '', `Commit ${last?.commit.slice(0, 12) ?? ''} of ${last?.at ?? ''}: ${entries.length} files, ${lines} lines.`, '',
          '## Languages', '', table(['Language', 'Files', 'Lines'], rows.map(([language, { files, lines: count }]) => [language, String(files), String(count)])), '',
          '## Tests', '', tests.length === 0 ? 'No test file was found.' : `${tests.length} test files: ${tests.slice(0, 10).map(({ path }) => cell(path)).join(', ')}${tests.length > 10 ? ', …' : ''}.`, '',
          '## History', '', table(['Author', 'Commits'], countBy(history.map(({ author }) => author)).slice(0, 15).map(([author, count]) => [cell(author), String(count)])), '',
          ...history.slice(0, 10).map(({ commit, at, subject }) => `- ${commit.slice(0, 12)} ${at.slice(0, 10)} ${cell(subject)}`), '',
          '## Files that change most', '', table(['File', `Of the last ${history.length} commits`], standing.map(({ path, changes }) => [cell(path), String(changes)])), '',
          '## Largest files', '', table(['File', 'Bytes'], [...entries].sort((a, b) => b.size - a.size).slice(0, 10).map(({ path, size }) => [cell(path), String(size)])), '',
          '## Worth a look', '', ...(missing.length === 0 ? ['- Nothing usual is missing.'] : missing.map((line) => `- ${line}`)), `- ${notes} notes (TODO, FIXME, HACK) in the code.`
        ].join('\n'),
        facts: { files: entries.length, lines, main, tests: tests.length, commits: history.length, missing: missing.length }
      }
    }
  })
}

function missingIn (paths: readonly string[]): string[] {
  const has = (pattern: RegExp) => paths.some((path) => pattern.test(path))
  const missing: string[] = []
  if (!has(/^README(?:\.\w+)?$/i)) missing.push('No README at the root.')
  if (!has(/^(?:LICEN[CS]E|COPYING)(?:\.\w+)?$/i)) missing.push('No LICENSE at the root: nobody outside may use it.')
  if (!has(/^\.gitignore$/)) missing.push('No .gitignore at the root.')
  if (!has(/^\.github\/workflows\/|^\.gitlab-ci\.yml$|^Jenkinsfile$|^\.circleci\//)) missing.push('No pipeline checks what is pushed.')
  if (!has(testFile)) missing.push('No tests.')
  if (has(/(?:^|\/)package\.json$/) && !has(/(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock)$/)) missing.push('A package.json without a lock file: installs differ from day to day.')
  if (has(/(?:^|\/)\.env$/)) missing.push('A .env file is committed.')
  return missing
}
