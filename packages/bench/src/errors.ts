import { createError } from '@cortex/service'

export const LoadRefused = createError('CTX_BENCH_LOAD_REFUSED', '%s requests to %s came to %s', 500)
export const TasksMissing = createError('CTX_BENCH_TASKS_MISSING', '%s creates were acknowledged and the folder of task files holds %s', 500)
export const ProcessEnded = createError('CTX_BENCH_PROCESS_ENDED', 'The process under test ended with %s before it was ready', 500)
export const AnswerUnexpected = createError('CTX_BENCH_ANSWER_UNEXPECTED', '%s answered %s: %s', 500)
