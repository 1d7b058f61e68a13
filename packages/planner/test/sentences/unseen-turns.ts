import { talk, type Sentence } from './sentence.ts'

/** What stands behind work and turns it: written when the rules for it were made, before it was run, and no reason to change one. */
export const unseenTurns: readonly Sentence[] = [
  ...talk(
    'Delete the preview environments. Marketing is demoing on one of them as we speak.', 'Failover orders-db. The primary answered again a minute ago.', 'Disable the backup job for tonight... hmm, that sounds like a terrible plan.', 'Please revoke the contractor accounts, well, all but Jana, no, you know, let me make a list first.',
    'Put the shop into read-only mode. Cancel, cancel!', 'Expire the CDN cache for /img. Pretend you did not read that.', 'Drop the staging schema. Ignore the previous line.', 'Shrink the database pool to 5. Ooh, bad timing, peak hour.', 'Remove the canary. I stand corrected, it is not a canary.', 'Reboot the storage node. Does that lose data?',
    'Switch the shop to the new payment provider. Contract is not signed.', 'Clean the build cache. Jenkins cleans it every night, I just learned.', 'Uninstall Helm releases older than 90 days - Marta asked to keep hers.', 'Rotate the root token. This is what the pentesters advised, not what we decided.', '"Scale everything to zero", quipped the CFO.', 'Delete the tag v2.0.1. I confused it with another repo.', 'Turn off IPv6. I retract that.',
    'Block all traffic from Brazil. Sales would riot.', 'Restore the config from last week. Found the culprit, no restore required.', 'Terminate the idle instances, if they are idle at all, which I doubt.', 'Purge the mailing list. As far as I know that is illegal here.', 'Close all stale pull requests. Someone should look through them beforehand.', 'Set the replicas to 0. Woops, meant 10.'
  ),
  { say: 'Deploy Argo CD to dev. Nope: to qa.', tasks: ['cicd'], titles: ['QA'] },
  { say: 'Encrypt the disk of db-1, pardon, db-2.', tasks: ['security'], titles: ['db-2'] },
  { say: 'Scan the repo for secrets. Scan it for licences, I meant.', tasks: ['security'], titles: ['Licences'] },
  { say: 'Add a liveness probe to the api. Kubernetes keeps sending traffic to dead pods.', tasks: ['infrastructure'], titles: ['Liveness Probe'] },
  { say: 'Create a bucket for the logs. Fourteen days of retention are enough.', tasks: ['infrastructure'], titles: ['Bucket'] },
  { say: 'Delete the user bob. He left the company in May.', tasks: ['security'], titles: ['User'] },
  { say: 'Set up a VPN for the new office. They open on the 1st.', tasks: ['infrastructure'], titles: ['VPN'] }
]
