import { phraseTable } from './tokens.ts'

/** Every first part with every second: "i want" and "we want", "to" and "you to". */
function each (firsts: readonly string[], seconds: readonly string[]): string[] {
  return firsts.flatMap((first) => seconds.map((second) => `${first} ${second}`.trim()))
}

const wishes = each(each(['i', 'we'], ['want', 'need', 'would like', 'would love', 'would prefer', 'am wanting', 'are wanting', 'was wanting', 'require']).concat(each(["i'd", "we'd"], ['like', 'love', 'prefer'])), ['', 'to', 'to have', 'to see', 'to get', 'you to', 'you guys to', 'someone to', 'somebody to', 'us to'])
const duties = [...each(['we', 'you'], ['should', 'must', 'must to', 'have to', 'need to', 'ought to', 'should really']), ...each(['someone', 'somebody'], ['should', 'has to', 'needs to', 'ought to']), 'i have to', 'i must', 'i need to']
const appeals = each(each(['can', 'could', 'would', 'will', 'might', "can't", "couldn't", "won't", "wouldn't"], ['you', 'someone', 'somebody', 'anyone', 'anybody']), ['', 'help me', 'help me to', 'help us', 'help us to', 'be so kind as to', 'be so kind to', 'be able to'])
const permissions = each(each(['may', 'can', 'could', 'might'], ['i', 'we']), ['ask you to', 'request you to', 'trouble you to', 'ask for', 'have', 'get'])
const hopes = each(each(['it would be', 'would be', "it'd be", "that'd be"], ['nice', 'great', 'good', 'helpful', 'awesome', 'lovely', 'cool', 'best']), ['to', 'to have', 'if you could', 'if we could', 'if you can', 'if someone could'])
const gratitude = each([...each(["i'd", 'i would', "we'd", 'we would'], ['appreciate it', 'be grateful', 'be very grateful', 'be glad', 'be happy', 'be thankful', 'be delighted', 'love it', 'like it']), 'it would help', 'it would help me', 'it would help us'], ['if you could', 'if you would', 'if you can', 'if you'])
const chances = each(each(['is there', 'there'], ['any way', 'a way', 'any chance', 'a chance']).concat(['any chance', 'any way', 'i was wondering if', 'i wonder if', 'i was hoping', 'i hope', 'i was hoping that', 'wondering if']), ['you could', 'you can', 'someone could', 'that you could'])

/** Ways to ask for something; what they lead in is a request also when it begins with no verb. */
export const requestFrames = phraseTable([
  ...wishes, ...each(each(['what', 'all', 'the only thing'], ['i', 'we']), ['need is', 'want is', 'would like is', 'ask for is']), ...each(each(['it is', "it's"], ['important', 'very important', 'urgent', 'crucial', 'critical', 'essential', 'necessary']), ['that you', 'that we', 'to']), ...each(each(['would it be', 'is it', 'would it maybe be'], ['possible']), ['for you to', 'that you', 'to have', 'to get']), 'bitte', ...duties, ...appeals, ...permissions, ...hopes, ...gratitude, ...chances,
  'please', 'pls', 'plz', 'kindly', 'be so kind as to', 'be so kind to', 'be kind enough to', 'be so good as to', 'can we', 'could we', 'would you mind', 'would you be able to', 'would you please', 'someone please', 'can we get', 'could we get', 'can you get', 'could you get', 'need', 'want', 'looking for',
  'we should have', 'we must have', 'i need help with', 'i need help', 'we need help with', 'i need some help with', 'we could use', 'i could use', "let's", 'lets', 'let us', 'help me', 'help me to', 'help us', 'help us to', 'help me with', 'help us with', 'help with',
  'make sure to', 'be sure to', 'try to', 'remember to', "don't forget to", 'do not forget to', "don't forget", 'never forget to', "don't hesitate to", 'do not hesitate to', "don't be shy to", "don't be afraid to", 'do not be afraid to', "don't wait to", 'your task is to', 'your job is to', 'the task is to', 'the goal is to', 'the plan is to', 'feel free to', 'you can', 'you could', 'let me have', 'let us have', 'let me get', 'we are going to', "we're going to", "i'm going to need",
  'time to', "it's time to", 'give me', 'get me', 'get us', 'give us', 'send me', 'go and', 'go ahead and', 'go ahead', 'there should be', 'there must be', 'would it be possible to have', 'would it be possible to get', 'is it possible to have', 'is it possible to get', 'could there be', 'we are missing', "we're missing",
  'start with', 'begin with', 'continue with', 'go on with', 'proceed with', 'end with', 'finish with'
])

/** These ask for something only where a verb follows: "how about deploying …", not "how about the pipeline?". */
export const suggestions = phraseTable(['do', 'you may', 'you may now', 'how about', 'how about we', 'how about you', 'what if you', 'what about', "why don't we", "why don't you", 'why not', "why don't i", "wouldn't it be good to", 'would it be possible to', 'is it possible for you to', 'could we also', 'shall we', 'do you mind', 'are you able to', 'i think we should', 'i think you should', 'it is time we', 'maybe we should', 'perhaps we should', 'we ought to', 'we had better', 'next we should'])
