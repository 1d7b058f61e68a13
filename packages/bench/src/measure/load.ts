import autocannon from 'autocannon'
import { LoadRefused } from '../errors.ts'

export interface LoadOptions {
  url: string
  /** Sent as JSON with each request; of several, each connection sends one after the other. */
  body: string | readonly string[]
  connections: number
  /** Requests in all; each connection sends its next when the last is answered. */
  amount: number
}

export interface LoadResult {
  /** Answers a second, from the first request to the last answer. */
  rate: number
  /** Milliseconds of each answer. */
  latencies: Float64Array
}

/** How often the generator looks whether it is done. Milliseconds. */
const tick = 20

/**
 * Posts from this process. The generator's own histogram counts whole milliseconds, so each answer is taken as it comes.
 * @throws CTX_BENCH_LOAD_REFUSED when an answer is missing or not 2xx: a rate of refusals says nothing
 */
export async function load ({ url, body, connections, amount }: LoadOptions): Promise<LoadResult> {
  const latencies = new Float64Array(amount)
  let answered = 0
  let began = Infinity
  let ended = 0
  const { promise: done, resolve, reject } = Promise.withResolvers<autocannon.Result>()
  const run = autocannon({ url, method: 'POST', headers: { 'content-type': 'application/json' }, requests: [body].flat().map((each) => ({ body: each })), connections, amount, sampleInt: tick },
    (error: Error | null, result) => { if (error) reject(error); else resolve(result) })
  run.on('response', (_client, _status, _bytes, latency) => {
    ended = performance.now()
    began = Math.min(began, ended - latency)
    latencies[answered++] = latency
  })
  const { non2xx, errors } = await done
  if (non2xx > 0 || errors > 0 || answered < amount) throw new LoadRefused(amount, url, `${answered} answers, ${non2xx} of them no success, ${errors} failures`)
  return { rate: amount / ((ended - began) / 1_000), latencies }
}
