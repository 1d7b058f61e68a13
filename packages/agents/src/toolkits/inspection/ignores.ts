import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { amount, cell, table } from './finding.ts'
import { readTexts } from './manifests.ts'

/** What does not belong into a repository: how git is told, which files it is (and what such a file holds, where some belong there), and where it matters. */
interface Unwanted { what: string, patterns: readonly string[], files: RegExp, secret: boolean, where?: RegExp, holds?: RegExp }

const unwanted: readonly Unwanted[] = [
  { what: 'settings with secrets in them', patterns: ['.env', '.env.*', '!.env.example'], files: /(?:^|\/)\.env(?:\.(?!example$|sample$|template$|dist$)[\w.-]+)?$/, secret: true },
  { what: 'private keys', patterns: ['*.key', '*.p12', '*.pfx', '*.jks', '*.keystore', 'id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519'], files: /\.(?:key|p12|pfx|jks|keystore)$|(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$/, secret: true },
  { what: 'private keys as PEM', patterns: ['*.pem'], files: /\.pem$/, holds: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY/, secret: true },
  { what: 'access to clusters', patterns: ['kubeconfig', '*.kubeconfig', '**/.kube/config'], files: /(?:^|\/)kubeconfig$|\.kubeconfig$|(?:^|\/)\.kube\/config$/, secret: true },
  { what: 'state of Terraform, which holds secrets in clear', patterns: ['*.tfstate', '*.tfstate.*', '.terraform/'], files: /\.tfstate(?:\.[\w.-]+)?$|(?:^|\/)\.terraform\//, secret: true, where: /\.tf$|\.tfstate/ },
  { what: 'installed packages and output of builds (Node)', patterns: ['node_modules/', 'coverage/'], files: /(?:^|\/)(?:node_modules|coverage)\//, secret: false, where: /(?:^|\/)package\.json$/ },
  { what: 'compiled files and environments (Python)', patterns: ['__pycache__/', '*.pyc', '.venv/'], files: /(?:^|\/)(?:__pycache__|\.venv)\/|\.pyc$/, secret: false, where: /\.py$|(?:^|\/)(?:pyproject\.toml|requirements\.txt)$/ },
  { what: 'output of builds (Rust, Java)', patterns: ['target/'], files: /(?:^|\/)target\//, secret: false, where: /(?:^|\/)(?:Cargo\.toml|pom\.xml)$/ },
  { what: 'leavings of desktops and editors', patterns: ['.DS_Store', '*.swp'], files: /(?:^|\/)\.DS_Store$|\.swp$/, secret: false }
]
const rowsLimit = 200

/** What .gitignore does not keep out yet, and what is in the repository that it should have kept out. */
export function inspectIgnores (repository: Repository) {
  return defineRead({
    name: 'inspect_ignores',
    description: 'Compare .gitignore with what this kind of repository should keep out (secrets, keys, state, build output): patterns that are missing, and committed files that do not belong there.',
    input: Type.Object({}, { additionalProperties: false }),
    async run () {
      const { entries, texts } = await readTexts(repository)
      const current = texts.get('.gitignore') ?? ''
      // One that begins with / keeps out what lies in the root alone.
      const lines = new Set(current.split('\n').map((line) => line.trim().replace(/^\*\*\/(?=[^/]*\/?$)/, '').replace(/\/$/, '')))
      const paths = entries.map(({ path }) => path)
      const groups = unwanted.filter(({ where }) => where === undefined || paths.some((path) => where.test(path)))
      const isHeld = ({ files, holds }: Unwanted, path: string) => files.test(path) && (holds === undefined || holds.test(texts.get(path) ?? ''))
      // Where some of a kind belong, as certificates do, no rule keeps out all.
      const planned = groups.filter((group) => group.holds === undefined || !paths.some((path) => group.files.test(path) && !isHeld(group, path)))
      const missing = planned.map(({ what, patterns }) => ({ what, patterns: patterns.filter((pattern) => !lines.has(pattern.replace(/\/$/, ''))) })).filter(({ patterns }) => patterns.length > 0)
      const committed = groups.flatMap((group) => paths.filter((path) => isHeld(group, path)).map((path) => ({ path, what: group.what, secret: group.secret })))
      const count = missing.reduce((sum, { patterns }) => sum + patterns.length, 0)
      const secrets = committed.filter(({ secret }) => secret).length
      return {
        summary: `${amount(count, 'pattern')} missing in .gitignore, ${amount(committed.length, 'committed file')} that should be kept out`,
        text: [
          '# What git should not keep', '',
          committed.length === 0 ? 'No committed file is of a kind that should be kept out.' : table(['File', 'What', 'Do'], committed.slice(0, rowsLimit).map(({ path, what, secret }) => [cell(path), what, secret ? 'Remove it, and change what it holds: it is in the history' : 'Remove it with git rm --cached'])),
          ...(committed.length > rowsLimit ? ['', `${committed.length - rowsLimit} more are not shown.`] : [])
        ].join('\n'),
        facts: { current: current === '' || current.endsWith('\n') ? current : `${current}\n`, missing, count, committed: committed.length, secrets, files: committed.slice(0, rowsLimit).map(({ path }) => path) }
      }
    }
  })
}
