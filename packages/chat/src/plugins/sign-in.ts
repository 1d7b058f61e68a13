import cookie from '@fastify/cookie'
import fp from 'fastify-plugin'
import type { SignIn } from '../sign-in/sign-in.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** How people sign in; null on loopback without sign-in. */
    signIn: SignIn | null
  }
}

export default fp<{ signIn: SignIn | null }>(async (app, { signIn }) => {
  await app.register(cookie)
  app.decorate('signIn', signIn)
  app.addHook('onListen', async () => { void signIn?.provider?.lookUp() })
}, { name: 'sign-in' })
