import { asJson, defineCommand } from '../command.ts'
import { UsageFault } from '../errors.ts'

export const auditExport = defineCommand({
  words: 'audit export',
  summary: 'Write the audit as JSON Lines, oldest first',
  details: 'Reads the store of CORTEX_HOME, or of DATABASE_URL where it is set, so that nothing stands between the lines and who checks them. Cortex may run meanwhile.',
  options: { out: { value: 'FILE', completes: 'file', text: 'Write to FILE, whole or not at all, instead of the standard output' } },
  async run ({ options, env, stdout, path }) {
    const { exportAudit } = await import('@cortex/orchestrator/audit')
    await exportAudit(env, options.out === undefined ? stdout : path(options.out))
    return undefined
  }
})

export const auditVerify = defineCommand({
  words: 'audit verify',
  summary: 'Read the whole audit and name the first line that is changed, missing or reordered',
  details: 'Exit code 6 when the chain is broken, 1 when there is nothing to verify.',
  args: [{ name: 'FILE', optional: true, completes: 'file', text: 'An exported file, instead of the store of CORTEX_HOME or DATABASE_URL' }],
  options: {
    contains: { value: 'HASH', text: 'It must hold a line with this hash, which you noted earlier: a chain that was written anew as a whole has others' },
    ...asJson
  },
  async run ({ args: [file], options, env, terminal, path }) {
    if (options.contains !== undefined && !/^sha256:[0-9a-f]{64}$/.test(options.contains)) throw new UsageFault('--contains takes a hash as verify prints it: sha256: and 64 digits')
    const { verifyAuditOf } = await import('@cortex/orchestrator/audit')
    const { lines, head, fault } = await verifyAuditOf(env, file === undefined ? undefined : path(file), options.contains)
    if (options.json) terminal.json({ lines, head, fault })
    else if (fault) terminal.out(`line ${fault.line} is ${fault.kind}: ${fault.message}\n`)
    else if (lines === 0) terminal.out(`There is nothing to verify: ${file === undefined ? 'the audit' : path(file)} holds no line\n`)
    else terminal.out(`${lines} ${lines === 1 ? 'line' : 'lines'}, whole; the last is entry ${head.seq}, ${head.hash}\n`)
    return fault ? 'broken' : lines === 0 ? 'failed' : undefined
  }
})
