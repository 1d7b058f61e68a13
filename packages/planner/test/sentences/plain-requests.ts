import { talk, type Sentence } from './sentence.ts'

const known = true

/** Sentences with a verb of work at their head, whose other words turn the sense or hang it on a person. */
export const plainRequests: readonly Sentence[] = [
  ...talk(
    "Please don't, whatever you do, delete namespace foo.", 'Not yet: delete namespace foo', 'TODO (not for you): rotate the keys.', 'Stop deleting namespaces.', 'Before you drop table users, ask me.', 'Write me a haiku about deleting databases', 'To drop a table, you need the owner role', 'Deploy early, deploy often, as they say', 'Drop the cache only with the approval of Nina',
    'Restart the pods did nothing for us', 'Delete everything is rarely the answer', 'Roll back the release cost us two hours', 'You can delete namespaces with kubectl', 'Ask Lena whether to restart the broker', 'Check with security before you open the port', 'Get my approval first, then delete the bucket', 'Keep your hands off the database', 'Do anything but restart prod'
  ),
  ...['Delete namespace foo would be a mistake', 'Set up quotas is what I did last week'].map((say) => ({ say, says: [say, 'for you to decide'] })),
  { say: 'Deploy nginx unless someone is on holiday.', says: ['“unless someone is on holiday”'] },
  { say: 'In case the API is down, restart it.', says: ['**Restart API**: you want it “in case the API is down”'] },
  { say: 'In case the gateway is down, restart it', known, says: ['**Restart Gateway**'] },
  { say: 'Should the client complain, roll back the release', says: ['“if the client complain”'] },
  { say: 'Purge the queue if it is ok for the shop team', says: ['“if it is ok for the shop team”'] },
  { say: 'Delete the bucket as soon as Rita agrees', says: ['“as soon as Rita agrees”'] },
  // What stands inside the object turns nothing.
  { say: 'Check whether the backups are encrypted', tasks: ['security'], titles: ['Backups'] },
  { say: 'Delete the pods that are not used', tasks: ['infrastructure'], titles: ['Pods'] },
  { say: 'You can restart the worker now', tasks: ['infrastructure'], titles: ['Worker'] },
  { say: 'Delete the failed jobs', tasks: ['infrastructure'], titles: ['Jobs'] },
  { say: 'Restart the API because it is slow', tasks: ['infrastructure'], titles: ['API'] },
  { say: 'stop monitoring the old cluster', tasks: ['infrastructure'], titles: ['Stop Monitoring'] },
  { say: "Set up monitoring, then, once it's done, alerts; in parallel update the licences", tasks: ['infrastructure', 'infrastructure > 1', 'inventory'], titles: ['Monitoring', 'Alerts', 'Licences'] },
  { say: "Create a CI pipeline for the frontend, and while you're at it, add linting", tasks: ['cicd', 'development'], titles: ['Frontend', 'Linting'] }
]
