import type { Sentence } from './sentence.ts'

const ask = (condition: string, ...sentences: string[]): Sentence[] => sentences.map((say) => ({ say, says: [condition, 'Shall I start now?'] }))

/** A condition at the front hangs all behind it, unless a task of the message stands for it; so does "wait for my ok". */
export const hangs: readonly Sentence[] = [
  ...ask('sign-off', 'Following sign-off from security, open port 22', 'Open port 22 pending sign-off from security', 'Subject to sign-off: deploy the gateway'),
  ...ask('approval', 'Subject to approval, drop the old tables', 'Drop the old tables, subject to approval', 'Upon approval by Nina, delete the bucket', 'Deploy the api on condition of approval', 'With approval, deploy the api'),
  ...ask('review', 'Pending review, deploy the gateway'),
  ...ask('“if', 'If anything is red, roll back the release', 'if so, drop the old tables', 'If the scan finds anything critical, open a ticket', 'If there are no criticals, deploy the shop', 'If the pod is not ready, restart it'),
  ...ask('“failing that', 'Failing that, drop the old tables'),
  ...ask('“in case', 'In case the backup fails, page the on-call'),
  ...ask('“in the event', 'In the event of an outage, fail over to eu'),
  ...ask('condition that', 'On condition that legal agrees, delete the bucket', 'On the condition that it is signed, deploy the image'),
  ...ask('“barring', 'Barring objections, delete the bucket'),
  ...ask('wait for my', 'roll out v2.3.1 to canary and wait for my ok before prod', 'Wait for my ok, then restart the worker'),
  ...ask('waiting for me', 'Do the following one at a time, waiting for me in between: 1) restart the api 2) restart the worker', 'Do the following one at a time, waiting for me in between:\n1. restart the api\n2. restart the worker'),
  ...ask('after each', 'Please do these, checking with me after each:\n1. restart the api\n2. restart the worker', 'After each step wait for me:\n1. restart the api\n2. restart the worker'),
  { say: 'Scan the images and if there are any criticals, open a ticket', tasks: ['security'], titles: ['Scan'], says: ['**Open Ticket**'] },
  { say: 'Deploy the shop; in the event that it fails, roll it back', tasks: ['infrastructure'], titles: ['Shop'] },
  { say: 'patch openssl on all hosts and, failing that, isolate them', tasks: ['security'], titles: ['Patch Openssl'], says: ['“failing that”'] },
  // What stands for it, or hangs nothing.
  { say: 'Run the tests and, if they pass, deploy the api', tasks: ['development', 'infrastructure > 1'], titles: ['Tests', 'API'] },
  { say: 'migrate the database; following the migration, restart the gateway', tasks: ['infrastructure', 'infrastructure > 1'], titles: ['Migrate', 'Gateway'] },
  { say: 'Following the outage, restart the gateway', tasks: ['infrastructure'], titles: ['Gateway'] },
  { say: 'If you can, restart the gateway', tasks: ['infrastructure'], titles: ['Gateway'] },
  { say: 'If it does not exist yet, create a namespace dev', tasks: ['infrastructure'], titles: ['Namespace'] },
  { say: 'Make the pipeline wait for approval before prod', tasks: ['cicd'], titles: ['Pipeline'] },
  { say: 'delete the pending jobs', tasks: ['infrastructure'], titles: ['Pending Jobs'] }
]
