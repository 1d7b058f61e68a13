const list = (text: string): string[] => text.trim().split(/\s*,\s*/)
const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Words that ask for nothing by themselves. Each stands whole, so a name that begins like one is not lost. */
export const fillers = set(`a an the this that these those our my your their its it all any every each some both other and or also too then plus as well so just only
  please kindly can could would will should must may let lets us we i i'd i'll i'm you want wants need needs like love have be possible for of in on at by with from into onto to across under inside within via per about
  up new own basic simple standard complete full whole entire proper good current initial high low priority important urgent urgently asap thanks hi hello hey
  cluster clusters kubernetes k8s cloud repository repositories repo workspace project projects codebase code app apps application applications service services microservices system systems infrastructure platform
  environment environments server servers company team customers users stack solution tool tools tooling setup configuration config manifest manifests yaml file files folder directory task job work things everything
  deployment deployments workload workloads namespace namespaces`)

/** In a task that only reads, question words and words for looking are fillers too. */
export const lookingWords = set(`what which where who whose how is are was do does did has there here check show list read find tell give look see get report overview summary count print display take name
  perform conduct carry out use used uses using run runs running exist exists installed`)

/** A runbook knows one workspace; these tell apart what it cannot. */
export const environments = set('production prod live staging preprod uat qa dev')

const prepositions = set('in of for on to from under at inside within across')

const setUpWords = wordPattern(list(`set up, set-up, setup, put in place, roll out, rollout, spin up, stand up, deploy, install, create, creating, creation, add, adding, build, building, configure, configuring, provision, write, writing, make,
  making, generate, generating, establish, introduce, introducing, implement, apply, applying, launch, start, starting, prepare, schedule, scheduling, automate, automating, enable, enabling, ensure, define, plan, get, give, run, bring, provide, integrate`))

/** Of those, the ones that leave something working behind: a report alone does not fulfil them. */
const standingWords = wordPattern(list('set up, set-up, setup, put in place, roll out, rollout, spin up, stand up, deploy, install, add, adding, build, building, configure, configuring, provision, establish, introduce, implement, schedule, automate, automating, enable, enabling, integrate'))

/** What asks for something that exists to go, to stop or to become different, or for work that takes judgement. No runbook does any of it. */
const alteringWords = wordPattern(list(`disable, disabling, turn off, turning off, switch off, shut down, shut off, shutdown, tear down, take down, take away, take out, bring down, scale, scaling, roll back, rollback, back out, clean up, cleanup,
  stop, stopping, pause, pausing, suspend, halt, cancel, kill, uninstall, remove, removing, removal, delete, deleting, drop, dropping, destroy, purge, wipe, decommission, deactivate, undeploy, undo, revert, revoke, retire, abort, freeze,
  get rid, do away, do not, don't, dont, never, avoid, change, changing, rename, renaming, move, moving, migrate, migrating, migration, upgrade, upgrading, update, updating, downgrade, bump, resize, replace, replacing, switch, swap,
  convert, modify, edit, adjust, tweak, tune, tuning, optimise, optimize, improve, harden, hardening, speed up, refactor, rewrite, restart, reboot, restore, restoring, recover, rotate, rotating, fix, fixing, repair, patch, patching,
  remediate, resolve, solve, mend, debug, diagnose, troubleshoot, investigate, why, compare, reduce, shrink, extend, expand, encrypt`))

const clauseEnds = /[.,;:!?()\n]|\b(?:and|or|then|but|to|so that|because|before|after|when|while|if|once|until)\b/iu

/** Small letters, one space between words, before the first and after the last. A path keeps its slashes, a name its hyphens. */
export function normalise (text: string): string {
  const words = text.toLowerCase().replaceAll('’', "'").replace(/'s\b/g, '').replace(/[^\p{L}\p{N}/.'-]+/gu, ' ').split(' ')
  return ` ${words.map((word) => word.replace(/^[-.'/]+|(?<![-.'/])[-.'/]+$/g, '')).filter(Boolean).join(' ')} `
}

/** Finds words by their beginnings, so that `monitor` also finds monitoring; one of up to four letters has to stand whole. */
export function wordPattern (words: readonly string[]): RegExp {
  const written = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '[ -]')
  const [whole, beginnings] = [words.filter(({ length }) => length <= 4), words.filter(({ length }) => length > 4)].map((some) => some.map(written).join('|'))
  // Each kind ends in one place: the letters of all scripts, once for each word, made the patterns of this file take 26 ms to build.
  const parts = [whole && `(?:${whole})s?`, beginnings && `(?:${beginnings})[\\p{L}\\p{N}']*`].filter(Boolean)
  return new RegExp(`(?<=[ /-])(?:${parts.join('|')})(?=[ /-])`, 'gu')
}

/** The word by which a part of the text that also names `subject` asks to alter what exists: "stop" in "we should stop the backups". */
export function alterationOf (text: string, subject: RegExp): string | undefined {
  const clauses = text.split(clauseEnds).map(normalise)
  for (const clause of clauses) {
    const words = clause.trim().split(' ')
    const opening = words.findIndex((word) => !fillers.has(word))
    if (opening === -1) continue
    const rest = ` ${words.slice(opening).join(' ')} `
    const [word] = [...rest.matchAll(alteringWords)].filter(({ index }) => index === 1).map(([found]) => found)
    if (word !== undefined && rest.search(subject) >= 0) return word
  }
  return undefined
}

/** Whether the text asks for something that stays, not only for a look. */
export function asksForStanding (text: string): boolean {
  return normalise(text).search(standingWords) >= 0
}

/** A word nothing accounts for, and whether it says where: "hello-web" in "for the hello-web service". */
export interface Unaccounted { word: string, place: boolean }

/** What counts beside the patterns: further fillers, and the paths of the workspace. */
export interface Vocabulary { more: ReadonlySet<string>, isPath: (word: string) => boolean }

/** The words of a text that neither the patterns nor the fillers account for. Words for setting up are accounted for where the text begins. */
export function unaccountedIn (text: string, patterns: readonly RegExp[], { more, isPath }: Vocabulary): Unaccounted[] {
  const plain = normalise(text)
  const words = plain.trim().split(' ').filter(Boolean)
  const empty = (word: string) => fillers.has(word) || more.has(word) || /^~*$/.test(word)
  // Each pattern reads the text as it was said: what one accounts for may also be part of what another does.
  const masks = patterns.map((pattern) => masked(plain, pattern))
  const opening = masked(plain, setUpWords)
  const begun = opening.findIndex((word, index) => word !== '' && !empty(word) && !empty(words[index] ?? ''))
  const readings = [...masks, opening.map((word, index) => index < begun || begun === -1 ? word : words[index] ?? '')]

  return words.flatMap((word, index) => {
    const read = readings.map((mask) => mask[index] ?? '')
    const parts = read.map((each) => each.split(/[/-]/))
    // A path stays whole, be its parts ever so ordinary: "apps/other".
    if (!isPath(word) && (empty(word) || read.some(empty) || word.split(/[/-]/).every((part, at) => empty(part) || parts.some((each) => empty(each[at] ?? ''))))) return []
    let before = index - 1
    while (before >= 0 && fillers.has(words[before]!) && !prepositions.has(words[before]!)) before--
    return [{ word, place: before >= 0 && prepositions.has(words[before]!) }]
  })
}

/** The words of a normalised text, with what the pattern finds blanked out. */
function masked (plain: string, pattern: RegExp): string[] {
  return plain.replace(pattern, (found) => found.replace(/[^ /-]/gu, '~')).trim().split(' ')
}
