import { createError } from '@cortex/service'

export const ConversationNotFound = createError('CTX_CONVERSATION_NOT_FOUND', 'Conversation %s does not exist', 404)
export const ClientIdReused = createError('CTX_CLIENT_ID_REUSED', 'This client_id was used for another text; give each message its own', 409)
export const QueueFull = createError('CTX_QUEUE_FULL', '%s messages of this conversation wait for an answer already; send this one when some are answered', 429)
export const CursorInvalid = createError('CTX_CURSOR_INVALID', 'The cursor is not one this list gave out', 400)
export const StreamsFull = createError('CTX_STREAMS_FULL', '%s streams are open already; close some', 503)
export const StoreUnavailable = createError('CTX_STORE_UNAVAILABLE', 'The conversation could not be stored (%s); nothing was changed. See to disk space and permissions, then try again', 507)
export const StoreLocked = createError('CTX_STORE_LOCKED', 'Another process uses the data folder %s', 500)
export const StoreTooNew = createError('CTX_STORE_TOO_NEW', 'The store has schema version %s, this program knows up to %s; run the newer program', 500)
export const OrchestratorUnreachable = createError('CTX_ORCHESTRATOR_UNREACHABLE', 'The orchestrator did not answer; running tasks go on, try again in a moment', 502)
export const OrchestratorAnswerInvalid = createError('CTX_ORCHESTRATOR_ANSWER_INVALID', 'The orchestrator answered %s with what is no valid answer', 502)
