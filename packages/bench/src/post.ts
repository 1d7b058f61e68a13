import { AnswerUnexpected } from './errors.ts'

/** Posts JSON and answers the text that came back. @throws CTX_BENCH_ANSWER_UNEXPECTED when it was no success */
export async function post (url: string, body: unknown): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const answer = await response.text()
  if (!response.ok) throw new AnswerUnexpected(new URL(url).pathname, response.status, answer.slice(0, 500))
  return answer
}
