import { talk, type Sentence } from './sentence.ts'

/** Verbs of work in messages that ask for none of it, or for a part alone: written before the rules for lead-ins and for plain requests, and no reason to change one. */
export const unseenNotAsked: readonly Sentence[] = [
  // Words above a list, or before a colon.
  ...talk(
    'Things I would rather keep as they are:\n- upgrade of Postgres\n- migrate the wiki', 'Under no circumstances:\n- delete the audit bucket\n- rotate the root key', 'We will not be doing the following:\n1. move to Azure\n2. replace Jenkins', 'No need for any of this:\n- scan the images\n- renew the certificates',
    'You are not allowed to:\n- restart prod\n- drop tables', 'Please leave these out:\n- set up tracing\n- set up logging', 'Rejected ideas:\n- deploy Istio\n- shard the database', 'Postponed:\n- upgrade Kafka\n- add a cache', 'Backlog, nothing for now:\n- rewrite the importer\n- add dark mode',
    'Yesterday we finished:\n- deploy Loki\n- add alerts', 'Done so far:\n- create the bucket\n- enable versioning', 'What Anna is doing this week:\n- migrate billing\n- rotate the keys', "The platform team's todo list:\n- patch the nodes\n- upgrade the ingress", 'The vendor recommends:\n- disable IPv6\n- restart nightly',
    'The runbook says:\n1. drain the node\n2. reboot it', 'Would it be risky to do these?\n- drop the old index\n- vacuum the table', 'How long would these take?\n- migrate to arm64\n- rebuild all images', 'Which of the following is cheaper?\n1. scale up the nodes\n2. add a cache', 'Pros and cons of:\n- moving to Valkey\n- staying on Redis',
    'Minutes of the meeting:\n- Tom will upgrade Grafana\n- Eva rotates the keys', 'Risks:\n- delete the wrong volume\n- restart during a sale', 'If the customer signs, we have to:\n- create a tenant\n- set up SSO', 'What I learned today:\n- how to drain a node\n- scale down before patching', 'Waiting for legal:\n- delete inactive accounts\n- publish the report',
    'Not this week: upgrade Redis, rebuild the runners', 'Forbidden: delete backups, disable the firewall', "Ben's job: rotate the certificates", 'Once we are bigger: split the monolith, hire a second cluster', 'Please skip the following: 1) scan the images 2) lint the charts', 'None of these please: deploy Kafka, deploy NATS', 'Example: delete the namespace foo', 'Rumour has it: shut down the old cluster',
    'The idea was: move the database to arm, halve the replicas', 'Someone else is handling: restore of the wiki, cleanup of the logs', 'Optional: add a second replica, add a dashboard', '## Out of scope\n- rewrite the API\n- upgrade Node', '## Done\n- set up CI\n- add linting', '## Discarded\n- run our own registry\n- write a scheduler', '- Never:\n  - delete the database\n  - restart the broker'
  ),
  // A condition on a person or on what nobody knows.
  ...talk(
    'Restart the broker in case Mia says it is fine', 'Drop the schema only with the approval of Otto', 'Delete the volume unless somebody still mounts it', 'Ask me before you purge the cache', 'Scale down the cluster, provided that finance agrees', 'Do not move the bucket until Kim is back', 'Merge the branch as soon as Lea has had a look', 'Shut down the old VPN as soon as everybody is happy with the new one', 'Rotate the keys, assuming nobody objects', 'Depending on what Ben says, delete the old cluster', 'Upgrade the database when I tell you to', 'Only if you are completely sure, wipe the disk'
  ),
  // Told, asked, judged or refused in one sentence.
  ...talk(
    "Please, for the love of God, don't restart the database", 'You should under no circumstances purge the queue', 'I would never delete a namespace on a Friday', 'Deleting the bucket was a stupid idea', 'Rotate the keys is on my list for Thursday', 'Scale up the workers was the advice of the vendor', 'Drain the node is the first step of the runbook', 'Restart the API would only hide the bug', 'Set up quotas will be done by the platform team', 'Delete namespace foo? Not on my watch.', 'Remove the firewall rule, they said. It will be fine, they said.', 'Wish I could delete that cluster',
    'Quit rotating the keys every day', 'Cease deploying to production', 'I forbid you to drop that table', 'Tom wants to upgrade Kafka', 'My plan for tomorrow is to migrate the wiki', 'We used to restart the API every night', 'Remind me why we deploy on Thursdays', 'To delete a namespace you need admin rights', 'Nobody has deleted the bucket yet', 'Thinking about deleting the old cluster', 'Tell me a joke about restarting servers', 'Write a poem about the deployment of a monolith', 'Measure twice, delete once, my father used to say', 'If it were up to me, delete the whole thing', 'I almost deleted the production database today'
  ),
  // A part of it is asked for.
  { say: 'Out of scope:\n- move the DNS\n\nIn scope:\n- rotate the API keys', tasks: ['security'], titles: ['Keys'] },
  { say: 'Already done:\n- create the namespace\n\nTo do:\n- add network policies', tasks: ['security'], titles: ['Policies'] },
  { say: "Tim's part:\n- upgrade Postgres\nYour part:\n- scan the images", tasks: ['security'], titles: ['Images'] },
  { say: 'Mine:\n- order new disks\n\nYours, please:\n- rotate the SSH keys', tasks: ['security'], titles: ['Keys'] }
]
