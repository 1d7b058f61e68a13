import { createServer, connect } from 'node:net'

// TCP from one address to another, or to a socket in the file system. Arguments: listening host and port, then where to.
const [host = '127.0.0.1', port = '0', target = ''] = process.argv.slice(2)
const server = createServer((client) => {
  const [to, toPort] = target.split(':')
  const upstream = toPort === undefined ? connect(target) : connect(Number(toPort), to)
  client.pipe(upstream).pipe(client)
  client.on('error', () => upstream.destroy())
  upstream.on('error', () => client.destroy())
})
server.listen(Number(port), host, () => process.stdout.write('forwarding\n'))
