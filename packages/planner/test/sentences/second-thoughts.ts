import { talk, type Sentence } from './sentence.ts'

/** Work that is corrected, doubted, found to be done or only quoted in what stands behind it: what is not wholly understood is held. */
export const secondThoughts: readonly Sentence[] = [
  ...talk(
    "Scale down the workers. Or rather, don't, let me check with Bob first.", "Uninstall Istio. Well, actually let's keep it for now.", 'Please uninstall Istio, then again maybe not.', 'Roll back the release. It recovered, so no need any more.',
    'Restart the gateway (Ann already did it, so ignore this).', 'Restart the gateway. EDIT: already done by Ann.', 'Delete the old volumes... wait, are they still mounted?', 'Delete the prod cluster, said the intern.',
    'Drop the events table. Scratch all of that.', 'Purge the CDN cache, or hmm, let me think about it.', 'Reboot node-7. Ah, never mind, it came back by itself.', 'Delete the feature branches. Nah.', 'Rotate the TLS certs. Oh, I see they were rotated last night.',
    'Upgrade the database to 17. Hmm, not sure that is wise before the release.', 'Deploy the new checkout - ugh, no, the tests are still red.', 'Fail over to the replica! Update: primary is back up, stand down.', 'Turn on maintenance mode. Strike that, false alarm.', 'Increase the quota for team-a; on second thought they can live with what they have.',
    '"Wipe the disks on all nodes", the mail said.', 'Wipe the disks on all nodes, is what the vendor told us.', 'According to Tom we should delete the staging namespace.', 'Delete the staging namespace, as Tom put it.', 'Remove the old ingress. At least that is what Paul suggested.', 'He wrote "restart the database" in the channel.',
    'Kill the zombie pods. They seem to be gone now.', 'Disable the firewall rule. My mistake, wrong environment.', 'Set up a VPN. We ended up not needing one.', 'Scale the api to 12. Traffic went back to normal, so this can wait.', 'Archive the old logs. I take that back.', 'Provision three more nodes. Finance said no.',
    "Migrate the users table. I'd better ask Lena before we do that.", 'Delete bucket tmp-data. Does anyone still use it?', 'Revoke the deploy key... or is CI still using it?', "Clear the queue. Hang on a sec, I'm not done looking at it.", 'Restart prometheus. Too late, somebody beat me to it.', 'Patch the kernel on node-2. EDIT: nope, wrong node.',
    'Block traffic from 10.0.0.0/8. Wait no that would lock us out.', 'Remove the finalizers. Forget about that, it resolved itself.', 'Deploy the beta (just thinking out loud here).', 'Roll out the canary to everybody, if only it were that easy.', "Delete the backups from 2023 - I shouldn't have said that, please don't.", 'Stop the cron jobs. No longer necessary.',
    'Merge the release branch, unless Ann has done so already. Actually she has.', 'Drain node-4. Never mind me.', 'Truncate the audit log. Just testing you.', 'Undeploy the shop. On hold until Monday.', 'Expire all sessions, that was my first idea, but it would log everybody out.', 'Restore last night\'s backup. Hmm hold off, they found the data.',
    'Wait for it: delete everything. Not!'
  ),
  { say: 'Delete the staging database. Oh wait, not staging, I meant dev.', tasks: ['infrastructure'], titles: ['Dev Database'] },
  { say: 'Restart the API; actually no, restart the worker instead.', tasks: ['infrastructure'], titles: ['Worker'] },
  { say: 'Deploy Redis; actually, make that Valkey.', tasks: ['infrastructure'], titles: ['Valkey'] },
  { say: 'Restart the worker in prod. Sorry, in staging.', tasks: ['infrastructure'], titles: ['Staging'] },
  { say: 'Scale the api to 4 replicas. Correction: 6 replicas.', tasks: ['infrastructure'], titles: ['6'] },
  { say: 'Not the frontend but the backend needs a restart: restart the backend.', tasks: ['infrastructure'], titles: ['Backend'] },
  { say: 'Deploy Kafka. Hmm, rather deploy NATS instead.', tasks: ['infrastructure'], titles: ['NATS'] },
  { say: 'Install Grafana, no, Kibana.', tasks: ['infrastructure'], titles: ['Kibana'] },
  { say: 'Back up the orders database. I meant the users database.', tasks: ['infrastructure'], titles: ['Users Database'] },
  { say: 'Deploy the API and the frontend, but only the API to prod.', says: ['“only the API to prod”'] },
  { say: 'Deploy Loki and scan the images. Bob already did the scan.', says: ['“Bob already did the scan”'] }
]
