import { mayUse, rolesFor, tokenRoles, type Access, type Credential, type Role } from '@cortex/contracts'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { OriginRefused, RateExceeded, RoleMissing, RouteUndeclared, SignInRequired } from '../errors.ts'

/** Who asks. */
export interface Principal {
  /** As it stands in records: a person's name, and behind a slash that of their token. */
  readonly name: string
  /** The person behind it. */
  readonly owner: string
  readonly roles: readonly Role[]
  /** `local` is whoever reaches a service without sign-in; `nobody` asks an open route. */
  readonly kind: 'local' | 'person' | 'token' | 'service' | 'worker' | 'nobody'
  /** The browser or a proxy adds it to every request by itself, also to one that another page began. */
  readonly ambient: boolean
  /** The session or token that says so. */
  readonly credential: Credential | null
  /** How the person signed in. */
  readonly via: Credential['via'] | null
  readonly groups: readonly string[]
}

/** How a service knows who asks. Without one it serves its loopback address, and everybody there may do everything. */
export interface Gate {
  /** null when the request shows nothing that is valid. */
  identify (request: FastifyRequest): Promise<Principal | null>
  /** Why a request that shows who asks is not let in all the same, for that person to read. */
  whyNot? (request: FastifyRequest): Error | null
  /** The address limits are counted by. */
  addressOf (request: FastifyRequest): string
  /** Whether the request comes from another part of Cortex, which is not limited. */
  isInternal (request: FastifyRequest): boolean
  /** Where browsers find the service; null for one that is asked by programs alone, under any name, or on loopback. */
  readonly publicUrl: URL | null
  /** Whether any `Host` is served: where no browser's cookies count, a rebound name gains nothing. */
  readonly anyHost: boolean
  /** Requests of one address a minute. */
  readonly requestsPerMinute: number
  /** How often those who hold a request open, as a stream, are looked at again. Milliseconds. */
  readonly lookAgain?: number
  /** Differs from what it was when anybody's roles may have changed: then all are looked at within a second. */
  rolesVersion? (): string
}

export interface RouteAccess { readonly method: string, readonly url: string, readonly access: Access }

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask; each route says so. */
    access?: Access
  }
  interface FastifyRequest {
    principal: Principal
  }
  interface FastifyInstance {
    /** What each route declares, as they were registered. */
    routeAccess: readonly RouteAccess[]
    /** Whether it asks who is there; only then may it be reached from other machines. */
    guarded: boolean
    /** Ends streams that a session or token opened which counts no more. */
    endStreamsOf (credentialId: string): void
  }
}

const local: Principal = { name: 'local', owner: 'local', roles: [...tokenRoles, 'service'], kind: 'local', ambient: false, credential: null, via: null, groups: [] }
const nobody: Principal = { name: 'nobody', owner: 'nobody', roles: [], kind: 'nobody', ambient: false, credential: null, via: null, groups: [] }

/** Milliseconds between looks at the version of the roles. */
const rolesWatched = 1_000

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Every route says who may ask, or the service does not start. */
export function collectAccess (app: FastifyInstance): void {
  const routes: Array<{ method: string, url: string, config: { access?: Access } | undefined }> = []
  app.addHook('onRoute', (route) => {
    route.config ??= {}
    for (const method of [route.method].flat()) if (method !== 'HEAD') routes.push({ method, url: route.url, config: route.config })
  })
  app.decorate('routeAccess', {
    getter: () => routes.map(({ method, url, config }) => {
      if (config?.access === undefined) throw new RouteUndeclared(method, url)
      return { method, url, access: config.access }
    })
  })
  // Reading it is the check.
  app.addHook('onReady', async () => { void app.routeAccess.length })
}

/** Declares the routes of plugins that know nothing of it. */
export function declareAccess (app: FastifyInstance, access: Access): void {
  app.addHook('onRoute', (route) => { (route.config ??= {}).access ??= access })
}

/** Lets in who may be let in. */
export function guard (app: FastifyInstance, gate: Gate | undefined): void {
  app.decorate('guarded', gate !== undefined)
  app.decorateRequest('principal', null as unknown as Principal)
  if (!gate) {
    app.decorate('endStreamsOf', () => {})
    app.addHook('onRequest', (request, _reply, done) => { request.principal = local; done() })
    return
  }
  app.addHook('onRequest', (request, _reply, done) => { request.principal = nobody; done() })
  // Before anybody is identified, so that guessing is limited as well.
  app.register(rateLimit, {
    max: gate.requestsPerMinute,
    timeWindow: 60_000,
    cache: 20_000,
    allowList: (request) => gate.isInternal(request),
    keyGenerator: (request) => gate.addressOf(request),
    errorResponseBuilder: (_request, { ttl }) => new RateExceeded(Math.ceil(ttl / 1_000))
  })
  app.register(fp(async (app) => {
    const { lookAgain = 15_000 } = gate
    const open = new Map<FastifyReply, { request: FastifyRequest, since: number }>()
    const lookAtAll = (age: number) => { void Promise.all([...open].map(async ([reply, held]) => { if (performance.now() - held.since >= age) await lookAt(reply, held.request) })) }
    const timer = setInterval(() => lookAtAll(lookAgain), lookAgain).unref()
    let version = gate.rolesVersion?.()
    const watch = setInterval(() => {
      const now = gate.rolesVersion?.()
      if (now === version) return
      version = now
      lookAtAll(0)
    }, rolesWatched).unref()
    app.addHook('onClose', async () => {
      clearInterval(timer)
      clearInterval(watch)
    })
    // Answers that are not begun are left alone: the one to whoever signs out is among them.
    app.decorate('endStreamsOf', (credentialId) => { for (const [{ raw }, { request }] of open) if (raw.headersSent && request.principal.credential?.id === credentialId) raw.destroy() })

    app.addHook('onRoute', (route) => {
      if (route.config?.access === 'open') return
      route.onRequest = [...[route.onRequest ?? []].flat(), async (request: FastifyRequest, reply: FastifyReply) => {
        const access = request.routeOptions.config.access
        if (access === undefined || access === 'open') return
        await letIn(request, reply, access)
        if (request.principal.kind !== 'person' && request.principal.kind !== 'token') return
        open.set(reply, { request, since: performance.now() })
        reply.raw.once('close', () => open.delete(reply))
      }]
    })

    /** A stream ends with the session, the token or the role it was opened by. */
    async function lookAt (reply: FastifyReply, request: FastifyRequest): Promise<void> {
      try {
        const principal = await gate?.identify(request)
        if (!principal || !mayUse(request.routeOptions.config.access ?? 'service', principal.roles)) reply.raw.destroy()
      } catch (error) {
        request.log.warn({ err: error }, 'who holds a request open could not be asked for')
      }
    }
  }, { name: 'gate' }))

  async function letIn (request: FastifyRequest, reply: FastifyReply, access: Access): Promise<void> {
    const principal = await gate?.identify(request)
    if (!principal) {
      reply.header('www-authenticate', request.headers.authorization === undefined ? 'Bearer realm="cortex"' : 'Bearer realm="cortex", error="invalid_token"')
      throw gate?.whyNot?.(request) ?? new SignInRequired()
    }
    if (principal.ambient && !safeMethods.has(request.method) && request.headers.origin === undefined && request.headers['sec-fetch-site'] !== 'same-origin') throw new OriginRefused()
    if (!mayUse(access, principal.roles)) throw new RoleMissing(rolesFor(access).filter((role) => role !== 'service').join(' or ') || 'service')
    request.principal = principal
  }
}
