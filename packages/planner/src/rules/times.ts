import { baseOfGerund, isVerbForm } from './verbs.ts'
import { words, type Token } from './tokens.ts'

const count = '(?:an?|half an|one|two|three|four|five|six|seven|eight|nine|ten|a few|a couple of|\\d{1,4})'
const unit = '(?:seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)'
const day = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const part = '(?:morning|afternoon|evening|night)'
const month = '(?:january|february|march|april|may|june|july|august|september|october|november|december)'
const clock = "(?:\\d{1,2}(?::\\d{2})? ?(?:am|pm|a\\.m|p\\.m|o'clock)|\\d{1,2}:\\d{2}|noon|midnight)(?: (?:utc|gmt|cet|cest|est|pst))?"
/** Words that name a moment still to come, held against the next few words. */
const moment = new RegExp(`^(?:(?:the day after )?tomorrow(?: ${part})?|tonight|(?:later )?today (?=at )|later (?:today|on|this (?:week|month|morning|afternoon|evening))|this (?:${part}|weekend)|next (?:${part}|weekend|week|month|quarter|year|sprint|${day}(?: ${part})?)|(?:at|around) ${clock}|(?:on|this|coming) (?:black |cyber |good |easter )?${day}(?: ${part})?|(?:on|over|at) the weekend|in ${count} (?:more )?${unit}(?: from now)?|${count} ${unit} from now|on \\d{4}-\\d{2}-\\d{2}[^ ]*|at \\d{4}-\\d{2}-\\d{2}t[^ ]*|on (?:the )?\\d{1,2}(?:st|nd|rd|th)(?: (?:of )?${month})?|on ${month} \\d{1,2}(?:st|nd|rd|th)?|on \\d{1,2} ${month}|in ${month})(?= |$)`)
/** These are a moment only where nothing follows that they could describe: "deploy it Monday", not "block Friday deploys". */
const closing = new RegExp(`^(?:${day}(?: ${part})?|later)(?= [^a-z]| at | in | on | to |$)`)
const hour = new RegExp(`^at (?:${clock}|\\d{1,2})(?= |$)`)

/** Words a moment is looked for in. */
const span = 7

const repeating = words('every each daily nightly weekly monthly hourly yearly quarterly cron cronjob cronjobs crontab recurring regularly regular periodic periodically weekdays always')
/** Behind these a time is a deadline, an origin or an attribute, and not when to begin. */
const otherwise = words('by until till before since of last past from per due within for between to during about')
const events = words('maintenance meeting release sale launch event outage incident demo presentation party offsite window workshop conference call webinar holiday migration downtime training interview')

/** How many tokens at `at` say when something is to begin. */
export function timeLength (tokens: readonly Token[], at: number): number {
  let to = at
  for (;;) {
    const ahead = tokens.slice(to, to + span).map(({ lower }) => lower).join(' ')
    const found = (to > at ? hour.exec(ahead) : null) ?? moment.exec(ahead) ?? closing.exec(ahead)
    if (!found) return to - at
    to += found[0].trim().split(' ').length
  }
}

/** Takes the moment at which work is to begin out of a clause. Rhythms, deadlines and the times of other things stay in it. */
export function takeTime (tokens: readonly Token[]): { tokens: readonly Token[], time: readonly Token[] } {
  const untouched = { tokens, time: [] }
  if (tokens.some(({ lower }) => repeating.has(lower))) return untouched
  const scheduled = tokens.some(({ lower }) => /^(?:schedule|scheduled|postpone|delay)$/.test(lower))
  for (let i = 1; i < tokens.length; i++) {
    const length = timeLength(tokens, i)
    if (length === 0) continue
    const before = tokens[i - 1]
    const planned = scheduled && /^(?:for|to|until)$/.test(before?.lower ?? '')
    if ((otherwise.has(before?.lower ?? '') && !planned) || describesThing(tokens, i)) return untouched
    const opening = planned || /^[([]$/.test(before?.text ?? '') ? i - 1 : i
    const end = /^[)\]]$/.test(tokens[i + length]?.text ?? '') ? i + length + 1 : i + length
    return { tokens: [...tokens.slice(0, opening), ...tokens.slice(end)], time: tokens.slice(i, i + length) }
  }
  return untouched
}

/** "certificates that expire next month", "a job to run at 2am", "an announcement for the maintenance on Sunday". */
function describesThing (tokens: readonly Token[], at: number): boolean {
  const before = tokens.slice(0, at)
  const last = before.at(-1)
  if (before.some(({ lower }, i) => i > 0 && (/^(?:that|which|who|whose|because)$/.test(lower) || (lower === 'to' && isVerbForm(before[i + 1]) && before[i + 2]?.kind !== 'mark')))) return true
  if (before.length > 2 && last && (baseOfGerund(last.lower) !== null && /^(?:expiring|ending|starting|happening|running)$/.test(last.lower))) return true
  return events.has(last?.lower ?? '') && before.some(({ lower }) => /^(?:for|about|of|announcing)$/.test(lower))
}
