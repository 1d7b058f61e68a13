import { AuditHead, OneOf, Timestamp } from '@cortex/contracts'
import { createInputValidator } from '@cortex/service'
import { Type, type Static } from '@sinclair/typebox'
import { partNames } from './parts.ts'

const Whole = { sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }), bytes: Type.Integer({ minimum: 0 }) }

export const StorePart = Type.Object({
  name: OneOf(['access', 'chat', 'tasks']),
  ...Whole,
  schema: Type.Integer({ minimum: 1, description: 'Version of its tables' }),
  rows: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), { description: 'Rows of each table' })
}, { additionalProperties: false })
export type StorePart = Static<typeof StorePart>

export const WorkspacePart = Type.Object({
  name: OneOf(['workspace']),
  ...Whole,
  object_format: OneOf(['sha1', 'sha256']),
  head: Type.String({ pattern: '^[0-9a-f]{40,64}$', description: 'The commit that was checked out' }),
  branch: Type.Union([Type.String({ pattern: '^refs/heads/' }), Type.Null()]),
  uncommitted: Type.Integer({ minimum: 0, description: 'Paths of the work tree that differed from that commit; they are not in the backup' })
}, { additionalProperties: false })
export type WorkspacePart = Static<typeof WorkspacePart>

/** The first entry of a backup: what else is in it, and how to know that it is whole. */
export const BackupManifest = Type.Object({
  format: Type.Literal(1),
  cortex: Type.String({ maxLength: 64, description: 'Version of the program that made it' }),
  created_at: Timestamp,
  tasks_in: OneOf(['sqlite', 'postgresql']),
  audit: Type.Union([AuditHead, Type.Null()], { description: 'Where the audit ended' }),
  parts: Type.Array(Type.Union([StorePart, WorkspacePart]), { minItems: 1, maxItems: partNames.length })
}, { additionalProperties: false })
export type BackupManifest = Static<typeof BackupManifest>

export const manifestFaults = createInputValidator(BackupManifest, 'manifest')
