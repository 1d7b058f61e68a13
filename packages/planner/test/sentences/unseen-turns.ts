import { talk, type Sentence } from './sentence.ts'

/** What stands behind work and turns it, or only explains it: written when the rules for it were made, before it was run, and no reason to change one. */
export const unseenTurns: readonly Sentence[] = [
  ...talk(
    'Clean the build cache. Jenkins cleans it every night, I just learned.', 'Purge the mailing list. As far as I know that is illegal here.', 'Close all stale pull requests. Someone should look through them beforehand.',
    'Disable the cron for invoices. Accounting runs month-end today.', 'Drain the blue pool. Wait a second, blue is the live one.', 'Delete the ALERTMANAGER silences. Hmph, who set them and why?', 'Rotate the webhook secret. Partner has to be told beforehand.', 'Shut the staging database down for the weekend. Nina wants to run a load test.', 'Remove the debug flag. Oh it was removed in 2.1.', 'Upgrade Redis to 8. The client library chokes on 8.',
    'Reindex all products. Forget what I wrote.', 'Prune the docker images, that is if Otto agrees.', 'Revoke the SSH key of Leo. He showed me he has a new one, all good.', 'Scale checkout to 20 pods. Never happened, you saw nothing.', 'Delete the legacy queue... I think. Give me a minute.', 'Migrate the wiki. On hold as per Kay.', 'Flush DNS on the resolvers. Cleared up on its own.', 'Restart the broker? Do it. Or no.', 'Clear the audit trail, as our dear intern wished.', 'Stop all consumers. Ach, wrong terminal.', 'Kick off the disaster drill. Legal has yet to approve.', 'Turn the WAF to blocking mode. Too soon I guess.', 'Detach the old volume; sorry, I have to run this by Eva.'
  ),
  { say: 'Deploy Thanos to eu-1. I meant to eu-2.', tasks: ['infrastructure'], titles: ['eu-2'] },
  { say: 'Restart payments and billing. Well, only billing.' },
  { say: 'Scale the web tier to 8, or let us say 6.' },
  { say: 'Back up Postgres to S3, no wait, to GCS', tasks: ['infrastructure'], titles: ['GCS'] },
  { say: 'Set up a mirror for npm. Our builds pull the same packages all day.', tasks: ['infrastructure'], titles: ['Mirror'] },
  { say: 'Scan the base images. Two of them come from Docker Hub.', tasks: ['security'], titles: ['Base Images'] },
  { say: 'Restrict the ports of the bastion. It is reachable from the internet.', tasks: ['security'], titles: ['Ports'] },
  { say: 'Add alerts for disk space. The last outage came from a full disk.', tasks: ['infrastructure'], titles: ['Alerts'] },
  { say: 'Delete the feature branch login-v2. It is merged.', tasks: ['cicd'], titles: ['login-v2'] },
  { say: 'Deploy the search service. Its chart lives in platform/charts.', tasks: ['infrastructure'], titles: ['Search Service'] }
]
