import type { ChatError } from '@cortex/contracts'

const fault = (code: string, message: string, retryable = false): ChatError => ({ code, message, retryable })

// What a reply ends with. A person reads it in the place of the reply.
export const modelStalled = () => fault('CTX_MODEL_STALLED', 'The model stopped answering in the middle of its reply.', true)
export const modelUnreachable = () => fault('CTX_MODEL_UNREACHABLE', 'The model cannot be reached.', true)
export const modelCutOff = () => fault('CTX_MODEL_CUT_OFF', 'The connection to the model broke in the middle of its reply.', true)
export const modelRateLimited = () => fault('CTX_MODEL_RATE_LIMITED', 'The rate limit of the model is reached.', true)
export const modelOverloaded = () => fault('CTX_MODEL_OVERLOADED', 'The model is overloaded.', true)
export const modelKeyRefused = () => fault('CTX_MODEL_KEY_REFUSED', 'The model refused the API key; check ANTHROPIC_API_KEY.')
export const modelUnpaid = () => fault('CTX_MODEL_UNPAID', 'The account of the API key cannot pay for this request.')
export const modelUnknown = () => fault('CTX_MODEL_UNKNOWN', 'There is no such model; check CORTEX_MODEL.')
export const modelRequestRefused = (said: string) => fault('CTX_MODEL_REQUEST_REFUSED', `The model refused the request${said}`.slice(0, 1_000))
export const modelFailed = () => fault('CTX_MODEL_FAILED', 'The model failed to answer.', true)
export const modelSilent = () => fault('CTX_MODEL_SILENT', 'The model ended its reply without a word.', true)
export const modelTruncated = () => fault('CTX_MODEL_TRUNCATED', 'The reply reached its length limit and ends here.', true)
export const modelContextFull = () => fault('CTX_MODEL_CONTEXT_FULL', 'This conversation is longer than the model can read. Start a new one.')
export const modelRefused = (explanation: string) => fault('CTX_MODEL_REFUSED', explanation)
export const turnInterrupted = () => fault('CTX_TURN_INTERRUPTED', 'The service was ended in the middle of this reply, more than once.', true)
export const turnTooLong = (rounds: number) => fault('CTX_TURN_TOO_LONG', `The model went on for ${rounds} rounds without an end.`, true)

// What a call of the model's ends with. The model reads it as the call's result.
export const callUnasked = () => fault('CTX_TOOL_CALL_UNASKED', 'Nobody asked for this call, so it was not run: when tasks have ended, only a report is written. Write it from what you were told; the person decides what is done next')
export const callInputMalformed = (said: string) => fault('CTX_TOOL_INPUT_MALFORMED', said)
export const callUnanswered = () => fault('CTX_CALL_UNANSWERED', 'The reply was ended before this call answered. Whether it took effect is not known; read the tasks before you repeat it')
export const callFailed = () => fault('CTX_TOOL_FAILED', 'The call failed')
