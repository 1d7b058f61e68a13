import { posix } from 'node:path'
import type { Risk } from '@cortex/contracts'
import type { Plan } from '../../toolkit.ts'
import { isObject, valuesIn } from './documents.ts'
import { isPowerfulText } from './power.ts'

const text = /\.(?:md|markdown|rst|adoc|txt)$/i
/** Texts every repository has for people, wherever they lie. */
const forPeople = /^(?:readme|changelog|changes|history|news|licen[cs]e|notice|copying|authors|contributors|maintainers|contributing|code[-_]of[-_]conduct|security|support|governance)(?:[-.]\w+)?\.(?:md|markdown|rst|adoc|txt)$/i
/** The same without an ending, and what git alone reads, to leave files out. */
const withoutEnding = /^(?:readme|changelog|licen[cs]e|notice|copying|authors)(?:-\w+)?$|^\.gitignore$/i
const documentFolder = /^(?:docs?|documentation)$/i
/** Folders whose texts tell an agent what to do, in whatever folder they lie. */
const obeyedFolder = /^\.|agent|command|prompt|skill|rule|instruction|persona|memor|chatmode|workflow|playbook|hook|mode|task|context/i
/** Below folders of documents: what a program installs or builds by. */
const read = /(?:require|constrain|cmake|conan|meson|aptfile|package|depend|^deps|^pins?\b|version|environment|install|manifest|robots|sitemap).*\.txt$/i
/** What agents take for their orders by its name; by custom it is one word in capitals. */
const obeyed = /claude|agent|gemini|copilot|qwen|warp|crush|cursor|codex|aider|cline|windsurf|convention|instruction|prompt|skill|memory|rules?\b|persona|system|llms/i
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
 * How far the change of a file may reach once somebody applies, builds or runs what lies in the repository. Low is only what is plainly there for people to read; high is what
 * the kubernetes toolkit calls so; everything else, a pipeline as well as a kind of file nobody has heard of, is in between.
 */
export function riskOfFile ({ verb, path, content, executable }: FileChange): Risk {
  if (content === null) return 'medium'
  const isText = isDocument(path) && !executable && !holdsObjects(content)
  if (!isText && isPowerfulText(content)) return 'high'
  return isText && verb === 'create' ? 'low' : 'medium'
}

/** Some tools read a file as manifests whatever it is called. */
function holdsObjects (content: string): boolean {
  return valuesIn(content)?.some((value) => [value].flat().some(isObject)) ?? false
}

/** Known by its name, or a text below a folder of documents; never where some program or agent may take it for more. */
function isDocument (path: string): boolean {
  const folders = posix.dirname(path).split('/').filter((folder) => folder !== '.')
  const name = posix.basename(path)
  if (folders.some((folder) => obeyedFolder.test(folder))) return false
  if (forPeople.test(name) || withoutEnding.test(name)) return true
  return text.test(name) && folders.some((folder) => documentFolder.test(folder)) && ![read, obeyed, inCapitals].some((known) => known.test(name))
}
