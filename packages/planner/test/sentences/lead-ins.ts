import { talk, type Sentence } from './sentence.ts'

const known = true

/** Words above a list or before a colon: they speak for all of it. */
export const leadIns: readonly Sentence[] = [
  ...talk(
    "Don't do any of these:\n1. set up quotas\n2. set up network policies", 'Please do not:\n- set up quotas\n- delete namespace foo', 'Never:\n- delete namespace foo', 'I do not want you to:\n- delete namespace foo', "Don't bother with:\n- quotas\n- network policies", 'Things you should never do:\n- delete namespace foo', 'We decided against these:\n- set up quotas\n- drop the cache', 'Not in this sprint:\n- set up quotas\n- upgrade Kafka',
    'Already done:\n- set up quotas\n- delete namespace foo', 'Here is what I did today:\n- delete namespace foo', 'What would happen if I asked for these?\n- delete namespace foo', 'Which of these is best?\n- set up quotas\n- set up network policies', "Don't do any of these: 1) set up quotas 2) set up network policies", 'Do not do the following in parallel: 1) set up quotas 2) set up network policies', "Please don't set up any of the following: quotas, network policies", 'Do not do this yet: set up quotas, set up network policies',
    "Don't do any of these:\nset up quotas\nset up network policies", 'Out of scope\n- delete namespace foo', 'Not now.\n- delete namespace foo', '- Not yet: delete namespace foo', '- Never:\n  - delete namespace foo\n  - drop table users', '## Out of scope\n### API\n- rewrite it', 'Review these:\n- delete namespace foo\n- set up quotas', "Don't do these:\n- cancel the scan\n- retry the pipeline",
    'For later: set up a mirror, clean the registry', '## Open questions\n- move to Gateway API?\n- replace Helm?', 'Changelog:\n- add retry to the importer\n- remove the old endpoint', 'Release notes 2.3\n- fix the login loop\n- upgrade React', 'If we win the tender:\n- create three clusters\n- set up SSO', 'Nope: restart the API', 'Wrong: delete the pod.'
  ),
  { say: 'A few thoughts:\n- set up quotas\n- delete namespace foo', says: ['**Set Up Quotas**: it stands under “A few thoughts”', 'Shall I start now?'] },
  { say: 'Payments team: rotate the signing keys', says: ['**Rotate Signing Keys**: it stands under “Payments team”'] },
  { say: "Please don't do any of this:\n- drop the cache", says: ['Not to be done', '“drop the cache”'] },
  { say: 'Out of scope:\n- set up quotas\nIn scope:\n- set up network policies', tasks: ['security'], titles: ['Policies'], says: ['set up quotas'] },
  { say: "Bob's tasks:\n- set up quotas\nYour tasks:\n- set up network policies", tasks: ['security'], titles: ['Policies'] },
  { say: '- Never:\n  - delete namespace foo\n- Now:\n  - set up quotas', tasks: ['infrastructure'], titles: ['Quotas'] },
  { say: 'Scan the images. Not now: rebuild them.', tasks: ['security'], titles: ['Images'] },
  // What plainly asks for it.
  { say: 'Please set these up:\n- quotas\n- network policies', tasks: ['infrastructure', 'security'], titles: ['Quotas', 'Policies'] },
  { say: "Today's work:\n- rotate the tokens\n- scan the images", tasks: ['security', 'security'], titles: ['Tokens', 'Images'] },
  { say: 'There are two things I\'d like you to do:\n- rotate the tokens\n- scan the images', tasks: ['security', 'security'], titles: ['Tokens', 'Images'] },
  { say: 'Preparation for the audit\n- rotate the tokens\n- scan the images', tasks: ['security', 'security'], titles: ['Tokens', 'Images'] },
  { say: 'Sorry for the noise: please restart the api', tasks: ['infrastructure'], titles: ['API'] },
  { say: 'Due to the outage: restart the api', tasks: ['infrastructure'], titles: ['API'] },
  { say: 'prod is down\n- restart the gateway', tasks: ['infrastructure'], titles: ['Gateway'] },
  { say: '# Plan\n\n## Infrastructure\n- create a namespace staging-2\n- deploy Redis into it\n\n## Docs\n- write a runbook for the failover', tasks: ['infrastructure', 'infrastructure > 1', 'infrastructure'], titles: ['Namespace', 'Redis', 'Runbook'] },
  { say: 'Write a runbook with these steps:\n1. drain the node\n2. reboot it', tasks: ['general'], titles: ['Runbook'] },
  { say: '- Set up monitoring\n  - for staging\n  - for prod', tasks: ['infrastructure', 'infrastructure'], titles: ['Staging', 'Prod'] },
  { say: 'Set up the ingress for:\n- staging\n- prod', tasks: ['infrastructure', 'infrastructure'], titles: ['Staging', 'Prod'] },
  // Of tasks there are.
  { say: 'Cancel these:\n- network policies\n- monitoring stack', known, calls: ['find policie', 'cancel 1'], says: ['no task'] },
  { say: 'Cancel the following: 1) pipeline 2) monitoring', known, calls: ['cancel 3', 'cancel 1'] },
  { say: 'Cancel these: pipeline, scanning', known, calls: ['cancel 3', 'cancel 2'] },
  { say: 'Retry these:\n- pipeline', known, calls: ['retry 3'] },
  { say: 'Stop these:\n- security scanning', known, calls: ['cancel 2'] },
  { say: 'Status of these:\n- pipeline\n- scanning', known, calls: ['status 3', 'status 2'] }
]
