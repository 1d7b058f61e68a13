import { posix } from 'node:path'
import type { Risk } from '@cortex/contracts'
import type { Plan } from '../../toolkit.ts'
import { isObject, valuesIn } from './documents.ts'
import { isPowerfulText } from './power.ts'
import { isProse } from './prose.ts'

/** Not `.rst` and `.adoc`, which are made of orders to the program that reads them, nor `.txt`, which anything may read. */
const markdown = /\.(?:md|markdown)$/i
/** Texts every repository has for people, wherever they lie. */
const forPeople = /^(?:readme|changelog|changes|history|news|licen[cs]e|notice|copying|authors|contributors|maintainers|contributing|code[-_]of[-_]conduct|security|support|governance)(?:[-.]\w+)?\.(?:md|markdown|txt)$/i
/** The same without an ending. */
const withoutEnding = /^(?:readme|changelog|licen[cs]e|notice|copying|authors)(?:-\w+)?$/i
const documentFolder = /^(?:docs?|documentation)$/i
/** Folders whose texts tell an agent what to do, in whatever folder they lie. */
const obeyedFolder = /^[._]|agent|command|prompt|skill|rule|instruction|persona|memor|chatmode|workflow|playbook|hook|mode|task|context/i
/** What agents take for their orders by its name; by custom it is one word in capitals. */
const obeyed = /claude|agent|gemini|copilot|qwen|warp|crush|cursor|codex|aider|cline|windsurf|convention|instruction|prompt|skill|memory|rules?\b|persona|system|llms|^_|^(?:summary|nav|sidebar|navbar|toc)\./i
const inCapitals = /^[A-Z][A-Z\d_-]+(?:\.local)?\.[a-z]+$/

export interface FileChange {
  verb: Plan['verb']
  path: string
  /** null: it is deleted. */
  content: string | null
  /** Whether it can be run. */
  executable: boolean
}

/**
 * How far the change of a file may reach once somebody applies, builds or runs what lies in the repository. Low is only new sentences for people, where people look for
 * them; high is what the kubernetes toolkit calls so; everything else, a pipeline as well as a kind of file nobody has heard of, is in between.
 */
export function riskOfFile ({ verb, path, content, executable }: FileChange): Risk {
  if (content === null) return 'medium'
  const isText = isDocument(path) && !executable && !holdsObjects(content)
  if (!isText && isPowerfulText(content)) return 'high'
  return isText && verb === 'create' && isProse(content) ? 'low' : 'medium'
}

/** Some tools read a file as manifests whatever it is called. */
function holdsObjects (content: string): boolean {
  return valuesIn(content)?.some((value) => [value].flat().some(isObject)) ?? false
}

/** Known by its name, or Markdown below a folder of documents; never where some program or agent may take it for more. */
function isDocument (path: string): boolean {
  const folders = posix.dirname(path).split('/').filter((folder) => folder !== '.')
  const name = posix.basename(path)
  if (folders.some((folder) => obeyedFolder.test(folder))) return false
  if (forPeople.test(name) || withoutEnding.test(name)) return true
  return markdown.test(name) && folders.some((folder) => documentFolder.test(folder)) && ![obeyed, inCapitals].some((known) => known.test(name))
}
