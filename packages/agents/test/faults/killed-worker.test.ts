import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startCortex } from '../cortex.ts'
import { startAgentsProcess } from '../support/agents-process.ts'
import { git, temporaryFolder, type TestOwner } from '../workspace.ts'

/** A git that kills who called it at the command of this number. */
async function deadlyGit (t: TestOwner, number: number): Promise<string> {
  const folder = await temporaryFolder(t)
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  await writeFile(join(folder, 'git'), `#!/bin/sh
echo >> "${folder}/count"
[ "$(wc -l < "${folder}/count")" -ge ${number} ] && { kill -9 "$PPID"; exit 1; }
exec "${real}" "$@"
`, { mode: 0o755 })
  return `${folder}:${process.env.PATH}`
}

t.test('a worker killed again and again, each time a little further into its change, leaves the change made exactly once', async (t) => {
  const cortex = await startCortex(t)
  const first = await cortex.agents()
  const approval = await cortex.approval(await cortex.create('Set up CI pipeline', 'cicd'))
  await first.close()
  await cortex.decide(approval, 'approve')
  // The first two commands open the workspace.
  let kills = 0
  for (let number = 3, done = false; !done; number += 3) {
    const { child } = await startAgentsProcess(t, { ORCHESTRATOR_URL: cortex.url, CORTEX_HOME: cortex.home, CORTEX_AGENT_ID: 'killed', PATH: await deadlyGit(t, number) })
    const killed = once(child, 'exit').then(() => false)
    done = await Promise.race([killed, cortex.ended(approval.task_id).then(() => true, () => false)])
    if (!done) kills++
    if (child.exitCode === null) child.kill('SIGKILL')
  }
  t.ok(kills >= 4, `killed ${kills} times`)
  const { status, attempts } = await cortex.ended(approval.task_id)
  t.equal(status, 'completed')
  t.match(attempts.map(({ outcome }) => outcome).join(' '), /^awaiting_approval (lost )+completed$/)
  t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '2')
  t.equal(git(cortex.workspace, 'status', '--porcelain'), '')
})
