import { Approval, ApprovalDecision, ApprovalDecisionResults, ApprovalDecisions, ApprovalList, ApprovalStatus } from '@cortex/contracts'
import { toProblem, traceparent, type Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import type { FastifyError } from 'fastify'
import { readCaller } from '../caller.ts'
import { decideApproval } from '../domain/approvals.ts'
import { ApprovalDecided, ApprovalNotFound } from '../errors.ts'

const params = Type.Object({ id: Type.String({ maxLength: 100 }) })

/** Approving is for people: no tool leads here. */
export default async function approvals (app: Service, { approverDiffers }: { approverDiffers: boolean }) {
  app.get('/v1/approvals', {
    config: { access: 'viewer' },
    schema: {
      summary: 'Change sets and what people answered, newest first',
      tags: ['approvals'],
      querystring: Type.Object({
        status: Type.Optional(ApprovalStatus),
        conversation_id: Type.Optional(Type.String({ maxLength: 200 })),
        task_id: Type.Optional(Type.String({ maxLength: 200 })),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 })
      }, { additionalProperties: false }),
      response: { 200: ApprovalList }
    }
  }, async ({ query: { task_id: taskId, ...filter } }) => ({ approvals: await app.taskStore.approvals({ ...filter, task_ids: taskId === undefined ? undefined : [taskId] }) }))

  app.get('/v1/approvals/:id', {
    config: { access: 'viewer' },
    schema: { summary: 'One change set', tags: ['approvals'], params, response: { 200: Approval } }
  }, async ({ params: { id } }) => {
    const [approval] = await app.taskStore.approvals({ id, limit: 1 })
    if (!approval) throw new ApprovalNotFound(id)
    return approval
  })

  app.post('/v1/approvals/:id', {
    config: { access: 'approver' },
    schema: { summary: 'Answer one change set', tags: ['approvals'], params, body: ApprovalDecision, response: { 200: Approval } }
  }, async (request, reply) => await decide(request.params.id, request.body, readCaller(request, reply).user))

  app.post('/v1/approvals', {
    config: { access: 'approver' },
    schema: { summary: 'Answer many change sets, each on its own', tags: ['approvals'], body: ApprovalDecisions, response: { 200: ApprovalDecisionResults } }
  }, async (request, reply) => {
    const { user } = readCaller(request, reply)
    /** Of two answers to one question the first given counts. */
    const before = new Map<string, Promise<unknown>>()
    return {
      results: await Promise.all(request.body.decisions.map(async ({ id, ...decision }) => {
        const { promise: answered, resolve } = Promise.withResolvers<void>()
        const earlier = before.get(id)
        before.set(id, answered)
        try {
          await earlier
          return { id, approval: await decide(id, decision, user), error: null }
        } catch (error) {
          const { code, detail, status } = toProblem(error as FastifyError, request.id)
          if (status >= 500) request.log.error({ err: error, approval_id: id }, 'an answer could not be stored')
          return { id, approval: null, error: { code, message: detail } }
        } finally {
          resolve()
        }
      }))
    }
  })

  async function decide (id: string, decision: ApprovalDecision, user: string): Promise<Approval> {
    const [asked] = await app.taskStore.approvals({ id, limit: 1 })
    if (!asked) throw new ApprovalNotFound(id)
    if (asked.status !== 'pending') throw new ApprovalDecided(asked.status, asked.decided_by ? `, by ${asked.decided_by}` : '')
    return await app.taskStore.change(asked.task_id, decideApproval(id, decision, user, traceparent(), approverDiffers))
  }
}
