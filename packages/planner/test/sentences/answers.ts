import type { Sentence } from './sentence.ts'

const known = true
const unknown = ['you want it', 'does not say that it is so']

/** Work that hangs on the answer to a question: nothing starts before a task gives that answer. */
export const answers: readonly Sentence[] = [
  { say: 'Has the scan finished? If so, set up quotas.', calls: ['find scan'], says: ['**Set Up Quotas**', ...unknown, 'Shall I start now?'] },
  { say: 'Has the scan finished? If so, set up quotas.', known, calls: ['status 2'], says: ['**Set Up Quotas**', 'is queued', ...unknown] },
  { say: 'Did you finish the postgres upgrade? If so, run a backup.', says: ['**Run Backup**', ...unknown] },
  { say: 'Is monitoring deployed? If not, deploy it', calls: ['find monitor'], says: ['**Deploy Monitoring**', ...unknown] },
  { say: 'Is monitoring deployed? If not, deploy it', known, calls: ['status 1'], says: ['**Deploy Monitoring**', ...unknown] },
  { say: 'Is Redis installed? If it isn\'t, install it.', calls: ['find redis'], says: ['**Install Redis**'] },
  { say: 'Does every namespace have a quota? If not, set up quotas.', says: ['**Set Up Quotas**', 'cannot answer the question', ...unknown] },
  { say: 'Did anyone rotate the keys? If nobody has, rotate them.' },
  { say: 'Is the pipeline done? Then deploy the shop', known, calls: ['status 3'], says: ['**Deploy Shop**', ...unknown] },
  { say: 'Is the scan done? If it is, deploy the shop, otherwise rotate the keys', known, calls: ['status 2'], says: ['**Deploy Shop**', '**Rotate Keys**'] },
  { say: 'Is the scan still running? If not, rotate the keys', known, calls: ['status 2'], says: ['**Rotate Keys**', ...unknown] },
  { say: 'Has the scan finished? Once it has, set up quotas', known, tasks: ['infrastructure > #2'], calls: ['status 2'] },
  { say: 'Is the backup done yet? if yes, please drop the old tables; if no, wait', calls: ['find backup'], says: ['**Drop Old Tables**'] },
  { say: 'Has anything failed? If so, restart the runners', known, calls: ['list failed'], says: ['**Restart Runners**', ...unknown] },
  { say: 'Has the scan finished? If so:\n- set up quotas\n- deploy redis', known, calls: ['status 2'], says: ['**Set Up Quotas**', '**Deploy Redis**'] },
  { say: 'Is the migration through? In that case drop the old schema.', calls: ['find migration'], says: ['**Drop Old Schema**', ...unknown] },
  { say: 'Is the pipeline set up? If yes add a lint step to it, if not wait', known, calls: ['status 3'], says: ['**Add Lint Step'] },
  { say: 'Was the database migrated? Otherwise migrate it.', says: ['**Migrate Database**'] },
  { say: 'Can you check whether the images are outdated? If so, rebuild them', tasks: ['inventory'], says: ['for you to judge'] },
  { say: 'Run the tests. If they pass, deploy the api. Otherwise open a ticket.', tasks: ['development', 'infrastructure > 1'], says: ['**Open Ticket**', 'otherwise'] },
  { say: 'If the tests pass:\n- deploy redis\n- restart the api', says: ['**Deploy Redis**', '**Restart API**', 'if the tests pass'] },
  { say: 'Once Prometheus is up, do the following:\n- add dashboards\n- add alerts', says: ['**Add Dashboards**', '**Add Alerts**', 'once Prometheus is up'] },
  { say: 'Once the operator runs, add an alert for it', says: ['once the operator runs'] },
  { say: 'When a backup fails, alert us', tasks: ['infrastructure'] },
  { say: 'In that case, deploy redis', tasks: ['infrastructure'], titles: ['Deploy Redis'] }
]
