/** What a command ends with. Scripts rely on these: a number never changes its meaning. */
export const exitCodes = {
  done: { code: 0, meaning: 'done' },
  failed: { code: 1, meaning: 'it could not be done, or what was looked at is not in order' },
  usage: { code: 2, meaning: 'wrong usage, or input that was refused; the message says what to change' },
  notFound: { code: 3, meaning: 'what was named does not exist' },
  refused: { code: 4, meaning: 'refused: by you at the question, for missing rights, or because it is not in a state that allows it' },
  unreachable: { code: 5, meaning: 'Cortex does not answer, or is just stopping; try again' },
  broken: { code: 6, meaning: 'the audit is not whole' },
  interrupted: { code: 130, meaning: 'interrupted by Ctrl+C' }
} as const
export type Ending = keyof typeof exitCodes
