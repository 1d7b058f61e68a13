/** What a message can be when it asks for no work. */
export type Remark = 'greeting' | 'thanks' | 'capabilities' | 'identity' | 'question' | 'statement' | 'refusal' | 'unclear' | 'noted' | 'tooLate' | 'whether' | 'consent'

const remarks: readonly (readonly [Exclude<Remark, 'question' | 'statement' | 'unclear' | 'tooLate' | 'whether' | 'consent'>, RegExp])[] = [
  ['capabilities', /^(?:(?:hi|hey|hello|ok|so|and),? )?(?:help|help me|what can (?:you|this|cortex|i)\b.{0,60}|what (?:do|are) you (?:do|able to do|capable of|good at)\b.{0,30}|what else can you\b.{0,30}|how (?:do|can|should) i (?:use|work with|talk to|start with) (?:you|this|cortex|it)\b.{0,30}|how does (?:this|it|cortex) work|how do you work|what (?:tasks|kinds? of tasks?|sort of (?:tasks|things)|things) can you\b.{0,30}|can you help(?: me)?|show me what you can do|tell me what you can do|what are your (?:capabilities|skills|features|commands|options)|commands|usage|menu|examples|give me (?:an example|examples)|who can you help.{0,30})$/],
  ['identity', /^(?:(?:hi|hey|hello|ok|so|and),? )?(?:who are you|what are you|are you (?:an? )?(?:ai|bot|robot|human|real|claude|chatgpt|gpt|llm|language model|person|model|there)\b.{0,30}|which model (?:are you|is this|do you use).{0,20}|what model (?:are you|is this|do you use).{0,20}|introduce yourself|what(?:'s| is) your name|do you use (?:ai|a language model|an llm|claude).{0,20}|is this (?:ai|claude|an ai|a bot).{0,20}|tell me about yourself|what is cortex|what's cortex)$/],
  ['thanks', /^(?:ok(?:ay)?,? |great,? |cool,? |perfect,? |nice,? |awesome,? |super,? )?(?:thanks|thank you|thx|ty|cheers|much appreciated|appreciated|many thanks|merci|danke)(?:,? (?:again|so much|very much|a lot|a million|a ton|all|everyone|team|cortex|in advance|that (?:was|is|helps|worked)\b[^.!?;,\n]{0,40}|for (?!now)[^.!?;,\n]{0,50}))*$/],
  ['noted', /^(?:ok|okay|k|cool|great|nice|perfect|awesome|super|excellent|good|fine|alright|all right|got it|understood|i see|sounds good|looks good|well done|good job|great job|nice work|great work|good work|lgtm|wow|amazing|wonderful|brilliant|makes sense|fair enough|never ?mind|nvm|no worries|bye|goodbye|see you|see ya|good night|see you later|talk later|later|lol|haha|hm+|👍|right|interesting|that's all|that is all|that's it|that was all|done|no thanks|no thank you|nothing|nothing else|not now|not yet|stop it there|have a (?:nice|good|great) (?:day|evening|weekend)|i am done|i'm done|(?:good|bad|nice|clever|smart|silly|stupid|great|best) (?:bot|robot|job|boy|girl|one|human|machine)|(?:u+r*gh|argh|grr+|oof|ouch|phew|whew|yay|woohoo|hooray|nice one|oops|whoops|damn|dang|sigh|meh|bah|aw+|hehe|heh|rofl|omg|wtf|huh|ahem|yikes|wow+|hm+)|(?:sorry|apologies|my bad|excuse me|pardon|wrong (?:window|chat|channel|tab|room|thread|conversation)|(?:that was|this was|that's) (?:for|meant for) (?:someone|somebody) else|not for you)|(?:you(?:'re| are) (?:the best|great|awesome|amazing|a star|a lifesaver|so (?:good|fast|helpful)|very helpful|welcome))|(?:that|this)(?:'s| is| was) (?:great|awesome|amazing|perfect|nice|good|cool|wonderful|helpful|fast|quick|all|it|funny|fine|ok|okay)|nothing (?:more|further|from me)|no(?:thing)? more(?: from me)?|all good(?: here)?|(?:i(?:'m| am) )?(?:just )?(?:testing|checking|kidding|joking)|talk (?:soon|to you (?:soon|later))|take care|brb|gtg|ttyl|good luck|i love it|love it|very nice|so cool|test|testing|ping)(?: (?:then|now|so far|for now|everyone|all|team|everything|man|today|again|guys|tomorrow|done))?$/],
  ['greeting', /^(?:hi|hello|hey|hey there|hi there|hello there|good (?:morning|afternoon|evening|day)|morning|howdy|yo|greetings|hiya|hallo|hola|moin|servus|salut|bonjour|sup|what's up|whats up|welcome)(?:,? (?:there|all|team|everyone|cortex|everybody|folks|guys|again|you|my friend|world|bot))*(?:,? how (?:are|is) (?:you|it going|things)(?: doing)?(?: today)?)?$|^how are you(?: doing)?(?: today| this morning)?$|^(?:i |we )?hope (?:you|all|everyone|everything|your [a-z]+)(?: [a-z]+|'[a-z]+){0,5} (?:well|good|great|fine|nice|okay|ok|lovely|weekend|day|evening|night|holidays?|vacation|break|rest)$/],
  ['refusal', /^(?:no|nope|nah|don't|do not|please don't|no way|no thanks|not that|don't do (?:it|that|anything)|do nothing|leave it|better not|rather not)$/]
]

/** Whom a greeting is for: "deploy bot" is somebody, as long as it is greeted. */
const addressee = '(?:(?:dear |my |our )?(?:[a-z]+ )?(?:bot|robot|assistant|planner|buddy|pal|friend|helper|chatbot)|there|all|team|everyone|everybody|folks|guys|cortex)'
const salutation = new RegExp(`^(?:hi|hello|hey|hiya|howdy|greetings|dear|good (?:morning|afternoon|evening|day)|morning)(?:[ ,]+${addressee})(?:[,!.:–—-]+|\\n+|$)[ \\n]*`, 'i')

/** The message without whom it greets: "Hello, deploy bot!" asks for no bot. */
export function withoutSalutation (text: string): string {
  return text.slice(salutation.exec(text)?.[0].length ?? 0)
}

const order: readonly Remark[] = ['capabilities', 'identity', 'refusal', 'thanks', 'greeting', 'noted']

/** A message or sentence that is only a remark, or several; null when it may be more. */
export function readRemark (said: string): Remark | null {
  const plain = said.toLowerCase().replace(/[\s.!?,;:)(\p{Extended_Pictographic}\u{fe0f}]+$/u, '').trim()
  if (plain === '') return 'unclear'
  if (plain.length > 120) return null
  const whole = remarkIn(plain)
  if (whole) return whole
  const parts = plain.split(/[,;.!?:]+ *| [-–—]+ /).map((part) => part.trim()).filter((part) => part !== '')
  const found = parts.map(remarkIn)
  return parts.length > 1 && found.every((remark) => remark !== null) ? order.find((remark) => found.includes(remark)) ?? null : null
}

function remarkIn (plain: string): Remark | null {
  return remarks.find(([, pattern]) => pattern.test(plain))?.[0] ?? null
}

/** "yes", "go ahead", "do it": to what was offered just before. */
export function isConsent (said: string): boolean {
  return /^(?:yes|yes please|yes,? (?:please )?(?:do(?: it| that| so)?|go ahead|start(?: it)?|create (?:it|the task|a task|one))|yeah|yep|yup|sure|ok|okay|ok do it|go|go ahead|go for it|do it|do that|please do|please do so|please|start|start it|create it|create the task|create a task|make it so|sounds good|absolutely|definitely|of course|sure,? go ahead|yes,? that|confirmed|correct|right|exactly)(?:,? (?:please|thanks|thank you))?$/.test(said.toLowerCase().replace(/[\s.!?]+$/, ''))
}
