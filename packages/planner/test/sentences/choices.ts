import type { Sentence } from './sentence.ts'

const three = '1. Take an inventory of images\n2. Scan the manifests for misconfigurations\n3. Add quotas'
const tasks = ['inventory', 'security', 'infrastructure']
const titles = ['Inventory', 'Scan', 'Quotas']

/** Three parts, of which those at `places` start. */
function start (places: readonly number[], ...sentences: string[]): Sentence[] {
  return sentences.map((say) => ({ say, tasks: places.map((place) => tasks[place - 1] ?? ''), titles: places.map((place) => titles[place - 1] ?? '') }))
}

const above = (...heads: string[]) => heads.map((head) => `${head}\n${three}`)
const behind = (...tails: string[]) => tails.map((tail) => `Please do these:\n${three}\n\n${tail}`)
const ask = (...sentences: string[]): Sentence[] => sentences.map((say) => ({ say, says: ['**Take Inventory of Images**', '**Add Quotas**', 'Shall I start now?'] }))

/** Words of position or choice above a list, behind it, in an item and in a sentence. */
export const choices: readonly Sentence[] = [
  ...start([1, 2], ...above('Do everything on the list except the last one:', 'Do all but the last:', 'Do these, but not the third:', 'Do items 1-2:', 'Please do the following, apart from number 3:', 'Do all of these but 3:', 'Please do all of these except 3:', 'Please do these except the last:', 'Do the first two only:', 'Can you do everything below except #3?', 'Can you do 1 and 2 please?', 'Could you do these? 3 can wait.', 'Do these; leave 3 for tomorrow:', 'Do everything except the quotas:', 'The first two today:', 'Do the top two:', 'Do everything here minus number three:')),
  ...start([1, 2], ...behind('Leave out the third.', 'Not the last one please.', 'All but the last.', '3 can wait.', 'The third can wait.', 'But not 3.', 'Except the quotas.', 'Just 1 and 2 for now.', 'Please do only 1 and 2.', "Don't do the last one.", 'Leave the quotas alone.')),
  ...start([1], ...above('Do the first one of these:', 'Start only the first:', '## Only the first'), ...behind('Only the first.')),
  ...start([2], ...above('Start with item 2:', 'Only 2 please:')),
  ...start([1, 3], ...above('Do 1 and 3:', 'Everything but the scan:', 'Skip the second, do the others:', 'Do not do 2 but do the rest:'), ...behind('Skip the scan.')),
  ...start([1, 2, 3], ...above('Please do these three:', 'Do the following without downtime:', 'First do these:')),
  ...ask(...above('Do one of these:', 'Do two of these:', 'Do the safe ones:', 'Do the rest:', 'Do some of these:', 'Do the next steps except the deletion:', 'Do items 1 and 7:', 'Do whatever is safe:', 'Do these. Number 3 needs approval first.', 'Please do these; the third one only if I say so:', 'Do all but one:'), ...behind('The last one is not urgent.', 'All but the migration.', 'Number 3 is not needed.')),
  ...start([1, 2], '1. Take an inventory of images\n2. Scan the manifests for misconfigurations\n3. drop the old tables (not yet)', 'Do items 1 and 2: 1) take an inventory of images 2) scan the manifests 3) drop the old tables', 'Take an inventory of images, scan the manifests, and drop the old tables, but skip the last one', 'Take an inventory of images, scan the manifests and drop the old tables. Leave out the last.', 'Take an inventory of images, scan the manifests and drop the old tables (but not the third)'),
  { say: 'Do all but the last: 1) add quotas 2) drop the old tables', tasks: ['infrastructure'], titles: ['Quotas'], says: ['“drop the old tables”'] },
  { say: 'Deploy these except redis:\n- nginx\n- redis\n- loki', tasks: ['infrastructure', 'infrastructure'], titles: ['Nginx', 'Loki'] },
  { say: 'Deploy redis and postgres, not the first', tasks: ['infrastructure'], titles: ['Postgres'] },
  { say: 'Delete the last one', says: ['you said “Delete the last one”'] },
  { say: 'Restart nodes 1 to 4, but not 3', tasks: ['infrastructure'], titles: ['Nodes'] },
  { say: 'Step 1:\n- patch the nodes\nStep 2:\n- restart the api', tasks: ['infrastructure', 'infrastructure > 1'], titles: ['Nodes', 'API'] }
]
