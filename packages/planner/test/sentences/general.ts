import type { Sentence } from './sentence.ts'

export const general: readonly Sentence[] = [
  { say: 'Write an announcement for the maintenance on Sunday', tasks: ['general'] },
  { say: 'Summarize the meeting notes', tasks: ['general'] },
  { say: 'Draft an email to the customers about the price change', tasks: ['general'] },
  { say: 'Prepare a presentation for the board, whenever you can', tasks: ['general low'] },
  { say: 'Translate the announcement into German and French', tasks: ['general'] },
  { say: 'Research three vendors for office supplies and write a recommendation', tasks: ['general', 'general'] },
  { say: 'Plan the team offsite', tasks: ['general'] },
  { say: 'Compare the offers of the two vendors', tasks: ['general'] },
  { say: 'Write a blog post', tasks: ['general'] },
  { say: 'Organize the onboarding of the new colleague', tasks: ['general'] }
]
