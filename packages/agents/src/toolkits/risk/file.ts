import { posix } from 'node:path'
import type { Risk } from '@cortex/contracts'
import type { Plan } from '../../toolkit.ts'
import { isObject, valuesIn } from './documents.ts'
import { isPowerfulText } from './power.ts'

const documentName = /\.(?:md|markdown|rst|adoc|txt)$|^(?:licen[cs]e|notice|copying|authors|readme|changelog|\.gitignore)$/i
/** Texts that a program takes for more: what it installs or builds, and what tells an agent what to do. */
const read = /^(?:requirements|constraints|cmakelists|packages|apt|pins?)\b.*\.txt$|^(?:claude|agents|gemini|copilot-instructions|skill)(?:\.local)?(?:\.md)?$/i

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

/** By its name, and in no folder that some program keeps its settings in. */
function isDocument (path: string): boolean {
  const name = posix.basename(path)
  return documentName.test(name) && !read.test(name) && !posix.dirname(path).split('/').some((folder) => folder.length > 1 && folder.startsWith('.'))
}
