import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createService, openEventStream, startService } from '../../packages/service/src/index.ts'

t.jobs = 2

/** Milliseconds after which the proxies here give up a quiet answer; 300 s in the charts. */
const idleLimit = 3_000
/** Milliseconds a stream says nothing but heartbeats: several times the limit. */
const quiet = 8_000
const nginx = ['/usr/sbin/nginx', 'nginx'].find((program) => spawnSync(program, ['-v'], { stdio: 'ignore' }).status === 0)

/** Two streams that are as quiet as a turn that waits for its tasks: one with heartbeats, one without. Both end with a word. */
async function startStreams (t: Test): Promise<string> {
  const app = createService()
  for (const [path, heartbeat] of [['/beating', 500], ['/silent', 60_000]] as const) {
    app.get(path, { config: { access: 'open' } }, async (request, reply) => {
      const stream = openEventStream(request, reply, { heartbeat })
      stream.send({ event: 'begin', data: 1 })
      await sleep(quiet)
      stream.send({ event: 'end', data: 1 })
      stream.close()
    })
  }
  t.teardown(() => app.close())
  return await startService(app, { host: '127.0.0.1', port: 0 })
}

async function freePort (): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function startNginx (t: Test, upstream: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cortex-nginx-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  // As ingress-nginx sets it up by the annotations of the chart, with a shorter time.
  await writeFile(join(folder, 'nginx.conf'), `
    daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log warn;
    events { worker_connections 64; }
    http {
      access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass ${upstream}; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_read_timeout ${idleLimit}ms; proxy_send_timeout ${idleLimit}ms; }
      }
    }`)
  const child = spawn(nginx!, ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: ['ignore', 'inherit', 'inherit'] })
  t.teardown(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error(await readFile(join(folder, 'error.log'), 'utf8'))
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)))
    socket.destroy()
    if (open) return `http://127.0.0.1:${port}`
    await sleep(20)
  }
}

/** What every reverse proxy does: gives up an answer that is quiet for too long. For machines without nginx. */
async function startPlainProxy (t: Test, upstream: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const asked = request(`${upstream}${incoming.url}`, { method: incoming.method, headers: incoming.headers, timeout: idleLimit }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => outgoing.destroy())
    incoming.pipe(asked)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** All that came of a stream, and whether it came to its end. */
async function read (url: string): Promise<{ text: string, headers: Headers }> {
  const response = await fetch(url)
  let text = ''
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk
  } catch {
    // Cut off.
  }
  return { text, headers: response.headers }
}

for (const [name, skip, start] of [['a plain reverse proxy', false, startPlainProxy], ['nginx', nginx ? false : 'there is no nginx on this machine: apt-get install nginx-light', startNginx]] as const) {
  t.test(`behind ${name}, heartbeats keep a quiet stream alive that would be cut off without them`, { skip }, async (t) => {
    const proxy = await start(t, await startStreams(t))
    const [beating, silent] = await Promise.all([read(`${proxy}/beating`), read(`${proxy}/silent`)])
    t.match(beating.text, /event: begin[\s\S]*: hb\n\n[\s\S]*event: end/)
    t.match(beating.headers.get('cache-control'), 'no-transform')
    t.match(silent.text, 'event: begin')
    t.notMatch(silent.text, 'event: end')
  })
}
