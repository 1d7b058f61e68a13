import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCli } from '../src/run.ts'

export interface Said { code: number, out: string, err: string }

/** The command in this process, in a pipe. */
export async function cortex (words: readonly string[], env: Record<string, string>, input = ''): Promise<Said> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end(input)
  const texts = [text(stdout), text(stderr)]
  const code = await runCli(words, { env: { PATH: process.env['PATH'] ?? '', ...env }, stdin, stdout, stderr, signal: new AbortController().signal })
  stdout.end()
  stderr.end()
  const [out = '', err = ''] = await Promise.all(texts)
  return { code, out, err }
}
