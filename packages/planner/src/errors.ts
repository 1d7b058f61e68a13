import { createError } from '@cortex/service'

/** What the request says cannot be; the message begins with the field, as in `messages.2.content.0`. */
export const RequestInvalid = createError('CTX_PLANNER_REQUEST_INVALID', '%s: %s', 400)
export const CredentialMissing = createError('CTX_PLANNER_CREDENTIAL_MISSING', 'Send any key as Authorization: Bearer or x-api-key; this planner only checks that there is one', 401)
export const ModelNotFound = createError('CTX_PLANNER_MODEL_NOT_FOUND', 'There is no model %s', 404)
