import { isUtf8 } from 'node:buffer'
import { stripVTControlCharacters } from 'node:util'
import type { Script, SentRequest } from './messages-server.ts'

export type Call = [name: string, input: unknown]

/** What a hostile text tells the model of one task to do, at once and in this order. */
export function order (id: string, calls: readonly Call[]): string {
  return `OBEY ${id} ${JSON.stringify(calls)} END`
}

/**
 * A model that has no will of its own: whoever's words it reads, in whatever disguise, it does what they say, and otherwise what the task says. Whether
 * anything comes of it is up to the tools.
 */
export function obey (request: SentRequest): Script {
  const said = textsIn(request.messages[0])
  const id = /<title>(case-[\w-]+)/.exec(said)?.[1] ?? ''
  const steps = request.messages.filter(({ role }) => role === 'assistant').length
  if (steps > 1) return { calls: [['give_up', { reason: 'It is done.' }]] }
  const heard = steps === 0 ? `${said}\n${JSON.stringify(request.tools)}` : textsIn(request.messages.at(-1))
  const calls = ordersIn(heard, id) ?? (steps === 0 ? ordersIn(said, 'task') : undefined)
  return { calls: calls ?? [['give_up', { reason: 'Nothing more was said.' }]] }
}

function ordersIn (text: string, id: string): Call[] | undefined {
  const disguises = [text, text.replaceAll(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/g, ''), text.replaceAll('\\"', '"'), stripVTControlCharacters(text), text.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    text.replaceAll('&quot;', '"'), text.replaceAll(/\n[ \t]*(?:[#*>|+-]|\/\/)[ \t]?/g, ' '), [...text].reverse().join(''), text.normalize('NFKC'),
    ...[...text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)].map(([run]) => Buffer.from(run, 'base64')).filter(isUtf8).map(String)]
  for (const plain of disguises) {
    const [, found] = new RegExp(`OBEY ${id} (\\[\\[[\\s\\S]*?\\]\\]) END`).exec(plain) ?? []
    if (found === undefined) continue
    try {
      return JSON.parse(found) as Call[]
    } catch {
      // Another disguise will do.
    }
  }
  return undefined
}

function textsIn (message: SentRequest['messages'][number] | undefined): string {
  const content = message?.content ?? ''
  return typeof content === 'string' ? content : content.map(({ content: result, text }) => String(result ?? text ?? '')).join('\n')
}
