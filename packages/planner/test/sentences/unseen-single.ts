import { talk, type Sentence } from './sentence.ts'

/** Single sentences with a verb of work, of which some ask for it and some do not: written when the rules for plain requests were made, before it was run, and no reason to change one. */
export const unseenSingle: readonly Sentence[] = [
  ...talk(
    'Remove the sidecar might break the mesh', 'Restart the pods bought us an hour at most', 'Rotate the keys every month sounds like a lot of work', 'Delete it all and start over never worked', 'Roll back the release saw us through the night', 'Upgrade Postgres took longer than planned', 'Drain the node first, or so the docs claim', 'Move the database? Over my dead body.', 'Scale the API, you say?', 'Purge the cache, he suggested, and off we went',
    'Whoever told you to restart the broker was wrong', 'Everyone wants to delete Jenkins', 'It took us a week to migrate the wiki', 'One deletes a namespace with kubectl', 'Deleting namespaces needs admin rights', 'Somebody ought to have rotated the keys', 'Kim was about to restart the database', 'Had I known, I would have scaled it', 'No one is going to drop that table', 'We never rotate these keys',
    'Please wait with the upgrade until I am back', 'Hold the deployment until QA signs off', 'Deploy it once you have heard from Olga', 'Delete the backups if and only if Rob confirms', 'Have Lena decide whether to restart the broker', 'Open the port if security lets you', 'Let me know before you touch the firewall', 'Come back to me first, then delete the bucket', 'Unless I tell you otherwise, leave the cluster alone', 'Wait for my signal to fail over',
    'Not so fast with deleting the namespace', 'There is no reason to rotate the keys', 'I am against deleting the bucket', 'Deleting it is off the table', 'By no means restart the ledger', 'Nothing should be deleted today', 'Let sleeping databases lie', 'Spare me the upgrade of Kafka', 'Restarting prod is the last thing I want', 'I could do without another restart of the gateway',
    'Read me the runbook for restarting the broker', 'Pretend to delete the namespace', 'Say we delete the bucket, what then', 'Suppose you upgrade Kafka today', 'What a pain to rotate all these keys', 'How I love to rotate keys', 'Guess who deleted the namespace', 'Ready to upgrade the cluster?', 'Remember when we dropped the wrong table', 'Once upon a time we deployed by hand'
  ),
  { say: 'Could you please, when you get a chance, rotate the API keys?', tasks: ['security'], titles: ['Keys'] },
  { say: 'Delete the namespace that nobody uses', tasks: ['infrastructure'], titles: ['Namespace'] },
  { say: 'Add a check that fails if an image is not signed', tasks: ['cicd'], titles: ['Check'] },
  { say: 'Rename the table users to accounts', tasks: ['infrastructure'], titles: ['accounts'] },
  { say: 'Restart the ingress and tell me when it is back', tasks: ['infrastructure'], titles: ['Ingress'] },
  { say: 'Find all the pods our team is running', tasks: ['inventory'], titles: ['Pods'] },
  { say: 'Deploy whatever is tagged v2.0 to staging', tasks: ['infrastructure'], titles: ['v2.0'] },
  { say: 'Increase the timeout so that requests are not dropped', tasks: ['infrastructure'], titles: ['Timeout'] },
  { say: 'Create a bucket the build server can write to', tasks: ['infrastructure'], titles: ['Bucket'] },
  { say: 'Make the healthcheck fail when the queue is full', tasks: ['infrastructure'], titles: ['Healthcheck'] },
  { say: 'Set the limit to 2Gi if it is lower', tasks: ['infrastructure'], titles: ['2Gi'] },
  { say: 'Fix the test that was flaky yesterday', tasks: ['development'], titles: ['Test'] },
  { say: 'I want the gateway to never accept TLS 1.1', tasks: ['security'], titles: ['TLS'] },
  { say: 'Remove everyone who is no longer in the team from the admin group', tasks: ['security'], titles: ['Admin'] },
  { say: 'Ensure nobody can push to main without a review', tasks: ['cicd'], titles: ['Main'] },
  { say: 'Disable the feature flag that was used for the beta', tasks: ['development'], titles: ['Flag'] },
  { say: 'Write a script that stops all pods at night', tasks: ['development'], titles: ['Script'] },
  { say: 'Please do not only scan the images but also sign them', tasks: ['security', 'security'], titles: ['Scan', 'Sign'] },
  { say: 'Upgrade the cluster, as it is out of support', tasks: ['infrastructure'], titles: ['Cluster'] },
  { say: 'Patch the nodes one at a time', tasks: ['infrastructure'], titles: ['Nodes'] }
]
