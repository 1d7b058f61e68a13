import { talk, type Sentence } from './sentence.ts'

/** Asked for and taken back before the message ends: in brackets, behind a "but", with a reason before or behind it, in a sentence of its own. */
export const withdrawn: readonly Sentence[] = [
  ...talk(
    'Set up the backup schedule (actually don\'t)', 'Rotate the signing keys (no, leave it)', 'Deploy Loki (on second thought, better not)', 'Scale the api to 5 (never mind)',
    'You could deploy the monitoring stack, I guess, but I\'d rather you didn\'t', 'Feel free to restart the worker, although I\'d prefer you didn\'t', 'You can upgrade Kafka, but we would rather you held off',
    'Set up a backup schedule, maybe, but I\'d rather you wait', 'Drain node-4, but please wait', 'Install Istio, but let\'s hold off', 'Upgrade Postgres, but not yet',
    'Please deploy the monitoring stack, or rather don\'t', 'Restart the ingress, or better not', 'Could you purge the queue, or maybe not',
    'Set up quotas - no wait, leave it', 'Deploy redis - no wait, that\'s still under review, leave it', 'Deploy redis - wait, leave it, that\'s still under review', 'Delete the old volumes... hmm, actually, keep them',
    'I was about to ask you to deploy grafana but changed my mind', 'I was going to ask you to rotate the keys, but let\'s leave it', 'I wanted to have the cache flushed, but never mind', 'Deploy the shop, but I changed my mind', 'Add two nodes. I\'ve changed my mind.',
    'Deploy redis. No wait, that\'s still under review. Leave it.', 'Could you deploy redis? No wait, don\'t.', 'Deploy these:\n- redis\n- kafka\n\nActually, never mind.', '1. scan the images\n2. rotate the keys\n\nForget it, please.',
    'Deploy the exporter - sorry, that was meant for somebody else', 'Restart kafka-1, or actually, leave it running', 'Provision a new cluster but hold that thought', 'Patch the nodes tonight... or don\'t, up to you', 'I would like a new dashboard, but it can\'t be now',
    'Scan the images, no, let\'s not', 'Restart the api - forget I asked', 'Set up tracing, but we don\'t need it any more', 'Upgrade the cluster. Not now, please.', 'Deploy Harbor, though I don\'t want it any more'
  ),
  ...['Deploy redis. Hold on, Ben is still reviewing that.', 'Deploy redis - hold on, that\'s still under review', 'Drop the old schema. Wait, we still need it.', 'Roll out the new ingress... on reflection, let me talk to Mia first', 'Could you rotate the certificates? Ah no, Paul did that yesterday.', 'Set up tracing. It is already in place.'].map((say) => ({ say, says: ['for you to decide'] })),
  { say: 'Deploy redis, actually don\'t, scan the images instead', tasks: ['security'], titles: ['Scan Images'], says: ['took back **Deploy redis**'] },
  { say: 'Deploy the api. Then scan it, but I\'d rather you skip it.', tasks: ['infrastructure'], titles: ['API'] },
  { say: 'Check whether the images are signed or not', tasks: ['inventory'], titles: ['Signed'] },
  { say: 'Upgrade Grafana, but don\'t touch Loki', tasks: ['infrastructure'], titles: ['Grafana'], says: ['touch Loki'] },
  { say: 'Move the old cluster to eu-west but keep it running', tasks: ['infrastructure'], titles: ['Cluster'] },
  { say: 'Wait, also deploy the exporter', tasks: ['infrastructure'], titles: ['Exporter'] }
]
