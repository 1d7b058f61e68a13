import { readYaml } from '../yaml-documents.ts'
import type { Finding, Keys, Report } from './finding.ts'
import { isRecord, recordOf, textOf } from './manifests.ts'

export function isWorkflow (path: string): boolean {
  return /^(?:.*\/)?\.github\/workflows\/[^/]+\.ya?ml$/.test(path)
}

/** What anybody can write who opens an issue or a pull request. */
const untrusted = /github\.(?:event\.(?:issue|pull_request|comment|review|discussion|head_commit|commits|workflow_run)\b.*\.(?:title|display_title|body|message|ref|head_branch|label|name|email)\b|head_ref\b)/
/** Where a pull request's code is to be had. */
const ofPullRequest = /github\.(?:head_ref\b|event\.(?:number\b|pull_request\.(?:head|merge_commit_sha|number)\b))|refs\/pull\/|\bpull\/.{1,200}\/(?:head|merge)\b/
/** Answers of these say yes or no, and nothing of what they were asked about. */
const asking = /(?:contains|startsWith|endsWith)\([^()]{0,300}\)/g
/** Characters of one expression, or one command, that are looked at. */
const lengthLimit = 1_000

export function checkWorkflow (path: string, text: string): Finding[] {
  const findings: Finding[] = []
  const [document] = readYaml(text).documents
  if (!document || !isRecord(document.value)) return findings
  const { value, lineOf } = document
  const report: Report = (rule, severity, keys, what, fix) => { findings.push({ rule, severity, path, line: lineOf(keys), what, fix }) }

  const jobs = Object.entries(recordOf(value.jobs))
  if (value.permissions === 'write-all') report('actions-write-all', 'high', ['permissions'], 'every job may write everything', 'Set permissions: {contents: read} and more only where needed')
  if (value.permissions === undefined && jobs.some(([, job]) => recordOf(job).permissions === undefined)) report('actions-no-permissions', 'medium', ['jobs'], 'jobs get the repository\'s default permissions, which may be to write', 'Set permissions: {contents: read} at the top')
  const outside = JSON.stringify(value.on ?? '').includes('pull_request_target')
  for (const [name, job] of jobs) {
    const keys = ['jobs', name]
    if (recordOf(job).permissions === 'write-all') report('actions-write-all', 'high', [...keys, 'permissions'], `job ${name} may write everything`, 'Name the permissions it needs')
    const called = textOf(recordOf(job).uses)
    if (called !== '') checkAction(called, [...keys, 'uses'], report)
    const steps = Array.isArray(recordOf(job).steps) ? recordOf(job).steps as unknown[] : []
    for (const [index, step] of steps.entries()) {
      const { uses, run, with: given } = recordOf(step)
      const action = textOf(uses)
      if (action !== '') checkAction(action, [...keys, 'steps', index, 'uses'], report)
      if (takesWords(run)) report('actions-injection', 'high', [...keys, 'steps', index, 'run'], 'puts words anybody can write into a shell command', 'Pass them as env and quote "$NAME"')
      if (action.startsWith('actions/github-script@') && takesWords(recordOf(given).script)) report('actions-injection', 'high', [...keys, 'steps', index, 'with', 'script'], 'puts words anybody can write into a script', 'Pass them as env and read process.env')
      if (outside && (checksOut(run) || (action.startsWith('actions/checkout@') && ['ref', 'repository'].some((field) => ofPullRequest.test(textOf(recordOf(given)[field]).slice(0, lengthLimit)))))) report('actions-pwn-request', 'critical', [...keys, 'steps', index], 'checks out and trusts the code of any pull request, with secrets at hand', 'Use pull_request')
    }
  }
  return findings
}

function checkAction (action: string, keys: Keys, report: Report): void {
  if (action.startsWith('./') || action.startsWith('docker://')) return
  const version = action.split('@')[1] ?? ''
  if (/^[0-9a-f]{40}$/.test(version)) return
  const branch = version === '' || /^(?:main|master|HEAD|dev|develop|latest)$/.test(version)
  const own = /^(?:actions|github)\//.test(action)
  report('actions-unpinned', branch ? 'high' : own ? 'low' : 'medium', keys, `${action} may be other code tomorrow`, 'Pin the full commit id, with the version in a comment')
}

function takesWords (script: unknown): boolean {
  return textOf(script).split('${{').slice(1).some((rest) => untrusted.test(rest.slice(0, lengthLimit).split('}}', 1)[0]!.replaceAll(asking, '')))
}

/** Whether a script goes over to the code of a pull request, and does not only look at it. */
function checksOut (script: unknown): boolean {
  const commands = textOf(script).replaceAll('\\\n', ' ').split(/\n|&&|\|\||;/).map((command) => command.slice(0, lengthLimit))
  if (commands.some((command) => /\bgh\s+pr\s+checkout\b/.test(command))) return true
  const goes = commands.filter((command) => /\bgit\s+(?:-[cC]\s+\S+\s+){0,3}(?:checkout|switch|reset|merge|pull|worktree|cherry-pick)\b/.test(command))
  return goes.some((command) => ofPullRequest.test(command)) || (goes.length > 0 && commands.some((command) => /\bfetch\b/.test(command) && ofPullRequest.test(command)))
}
