import { createInterface } from 'node:readline'
import { Writable, type Readable } from 'node:stream'

/**
 * At a terminal, asks twice and shows nothing of it; otherwise reads one line.
 * @throws Error when the two differ, or nothing came
 */
export async function readPassword (input: Readable & { isTTY?: boolean }, prompt: Writable): Promise<string> {
  const terminal = input.isTTY === true
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: silent, terminal })
  // Ctrl+C ends the lines, and with them the question.
  lines.once('SIGINT', () => lines.close())
  const given = lines[Symbol.asyncIterator]()
  const ask = async (question: string): Promise<string> => {
    if (terminal) prompt.write(question)
    const { value, done } = await given.next()
    if (terminal) prompt.write('\n')
    if (done) throw new Error('No password was given; nothing was changed')
    return value
  }
  try {
    const password = await ask('Password: ')
    if (terminal && password !== await ask('Again: ')) throw new Error('The two differ; nothing was changed')
    return password
  } finally {
    lines.close()
  }
}
