import { createError } from '@cortex/service'

export const LoadRefused = createError('CTX_BENCH_LOAD_REFUSED', '%s requests to %s came to %s', 500)
export const TasksMissing = createError('CTX_BENCH_TASKS_MISSING', '%s creates were acknowledged and the folder of task files holds %s', 500)
export const ProcessEnded = createError('CTX_BENCH_PROCESS_ENDED', 'The process under test ended with %s before it was ready', 500)
export const AnswerUnexpected = createError('CTX_BENCH_ANSWER_UNEXPECTED', '%s answered %s: %s', 500)
export const RedisUnsuitable = createError('CTX_BENCH_REDIS_UNSUITABLE', 'The Redis of REDIS_URL has %s %s; to promise what is promised here it needs %s', 500)
export const TasksLeft = createError('CTX_BENCH_TASKS_LEFT', '%s tasks were ended by the workers and the store still has others that are %s', 500)
