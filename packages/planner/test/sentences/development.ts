import type { Sentence } from './sentence.ts'

export const development: readonly Sentence[] = [
  { say: 'Write unit tests for the login page', tasks: ['development'] },
  { say: 'Can you please write unit tests for the login page and fix the memory leak in the worker?', tasks: ['development', 'development'] },
  { say: 'Fix the bug in the checkout form', tasks: ['development'] },
  { say: 'Refactor the payment module', tasks: ['development'] },
  { say: 'Implement pagination in the orders endpoint', tasks: ['development'] },
  { say: 'Write a readme and a changelog for the SDK', tasks: ['development', 'development'] },
  { say: 'Add a dark mode to the frontend', tasks: ['development'] },
  { say: 'Review pull request #42', tasks: ['development'] },
  { say: 'Update the API documentation', tasks: ['development'] },
  { say: 'Upgrade the app to TypeScript 6', tasks: ['development'] },
  { say: 'Write tests and documentation for the payments API', tasks: ['development'] },
  { say: 'Add input validation to the signup form, write tests for it and update the docs', tasks: ['development', 'development > 1', 'development'] },
  { say: 'There is a race condition in the order service. Please fix it.', tasks: ['development'] },
  { say: 'Rename the function "calculate and store" to "persist"', tasks: ['development'] },
  { say: 'Replace moment.js with date-fns in the web app', tasks: ['development'] },
  { say: 'Implement the search feature and add an endpoint for suggestions', tasks: ['development', 'development'] },
  { say: 'Extract the parser into a library, e.g. as an npm package', tasks: ['development'] },
  { say: 'Generate a GraphQL schema from the database models', tasks: ['development'] },
  { say: 'Fix this:\n```\nTypeError: x is undefined\n  at deploy and configure (app.js:1)\n```', tasks: ['development'] },
  { say: 'The login page shows an error message twice. Please fix the login page.', tasks: ['development'] },
  { say: 'Reduce the technical debt in the billing module, important!', tasks: ['development high'] },
  { say: 'Create a CLI for the report generator', tasks: ['development'] }
]
