import { Type } from '@sinclair/typebox'
import { fileUnsuited } from '../../errors.ts'
import { defineChange, defineRead, type ChangeTool, type ReadTool } from '../../toolkit.ts'
import { checkPath } from './paths.ts'
import { isPlanned, modeOf, planEdits, readDrafted, secretsOf } from './plan.ts'
import type { Repository } from './repository.ts'
import { searchVeiled } from './search.ts'

const Path = Type.String({ minLength: 1, maxLength: 400, description: 'Relative to the root of the workspace, with /' })
const linesLimit = 2_000
const strict = { additionalProperties: false }

export function readTools (repository: Repository): ReadTool[] {
  return [
    defineRead({
      name: 'workspace_list',
      description: 'List the files of the gitops workspace with their sizes, as the last commit has them.',
      input: Type.Object({ folder: Type.Optional(Path) }, strict),
      async run ({ folder }) {
        const prefix = folder === undefined ? '' : `${checkPath(folder)}/`
        const files = (await repository.files()).filter(({ path }) => path.startsWith(prefix))
        const shown = files.slice(0, linesLimit)
        return {
          summary: `listed ${files.length} files${folder === undefined ? '' : ` in ${folder}`}`,
          text: [...shown.map(({ path, size }) => `${path} (${size} bytes)`), ...(files.length > shown.length ? [`… ${files.length - shown.length} more; list a folder`] : [])].join('\n') || 'No files.',
          facts: { count: files.length, paths: shown.map(({ path }) => path) }
        }
      }
    }),
    defineRead({
      name: 'workspace_read',
      description: 'Read one text file of the workspace, with changes you have planned already. Values of secrets are replaced by [redacted: kind #n]; a line with such a mark can be kept as it is, or left out.',
      input: Type.Object({
        path: Path,
        from_line: Type.Optional(Type.Integer({ minimum: 1 })),
        lines: Type.Optional(Type.Integer({ minimum: 1, maximum: linesLimit }))
      }, strict),
      async run ({ path, from_line: from = 1, lines = linesLimit }, { draft }) {
        const text = await readDrafted(repository, checkPath(path), draft)
        if (text.includes('\0')) throw fileUnsuited(path, 'it is not text')
        const all = text.split('\n')
        const shown = all.slice(from - 1, from - 1 + lines)
        const more = all.length - (from - 1) - shown.length
        return {
          summary: `read ${path}, ${all.length} lines`,
          text: more > 0 ? `${shown.join('\n')}\n… ${more} more lines; read on with from_line ${from + shown.length}` : shown.join('\n'),
          facts: { path, lines: all.length, content: text },
          ...(isPlanned(path, draft) && { planned: true })
        }
      }
    }),
    defineRead({
      name: 'workspace_search',
      description: 'Find a text (no pattern, letters large or small) in the files of the workspace; answers path:line: text.',
      input: Type.Object({ text: Type.String({ minLength: 2, maxLength: 200, pattern: '^[^\\u0000\\n]+$' }) }, strict),
      async run ({ text }) {
        const hits = await searchVeiled(repository, text, 200)
        return {
          summary: `found ${hits.length} lines with ${JSON.stringify(text)}`,
          text: hits.map((hit) => `${hit.path}:${hit.line}: ${hit.text}`).join('\n') || 'No line holds it.',
          facts: { count: hits.length }
        }
      }
    }),
    defineRead({
      name: 'workspace_history',
      description: 'The last commits of the workspace, newest first, or those that touched one path.',
      input: Type.Object({ path: Type.Optional(Path), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) }, strict),
      async run ({ path, limit = 20 }) {
        const commits = await repository.history(limit, path)
        return {
          summary: `read ${commits.length} commits`,
          text: commits.map(({ commit, at, author, subject }) => `${commit.slice(0, 12)} ${at} ${author}: ${subject}`).join('\n') || 'No commit.',
          facts: { commits }
        }
      }
    })
  ]
}

export function changeTools (repository: Repository): ChangeTool[] {
  return [
    defineChange({
      name: 'workspace_write',
      description: 'Plan to create files or replace their whole content. Values of secrets cannot be written; what is redacted stays when its line is given as it was read. Nothing is written until a person has approved the change set.',
      input: Type.Object({
        files: Type.Array(Type.Object({ path: Path, content: Type.String({ description: 'The whole new content' }) }, strict), { minItems: 1, maxItems: 100 })
      }, strict),
      plan: ({ files }, { draft }) => planEdits(repository, 'workspace_write', files, draft)
    }),
    defineChange({
      name: 'workspace_delete',
      description: 'Plan to delete files. Nothing is deleted until a person has approved the change set.',
      input: Type.Object({ paths: Type.Array(Path, { minItems: 1, maxItems: 100 }) }, strict),
      plan: ({ paths }, { draft }) => planEdits(repository, 'workspace_delete', paths.map((path) => ({ path, content: null })), draft)
    }),
    defineChange({
      name: 'workspace_move',
      description: 'Plan to move a file: the old path is deleted and the new one created. Nothing is moved until a person has approved the change set.',
      input: Type.Object({ from: Path, to: Path }, strict),
      async plan ({ from, to }, { draft }) {
        const content = await readDrafted(repository, checkPath(from), draft)
        return planEdits(repository, 'workspace_move', [{ path: from, content: null }, { path: to, content, mode: await modeOf(repository, from, draft), secrets_of: await secretsOf(repository, from, draft) }], draft)
      }
    })
  ]
}
