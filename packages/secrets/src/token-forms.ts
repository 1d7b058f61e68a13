import type { SecretFound } from './found.ts'
import { isDrawn, isPlaceholder } from './not-a-secret.ts'

/**
 * Secrets that are known by their form. `hint` is text that each of them holds, so that most texts are passed over quickly. Where a pattern has a
 * group, only that is the secret. Every quantifier is bounded and no two that may match the same text stand side by side: time is linear.
 */
export const tokenForms: ReadonlyArray<readonly [kind: string, hint: string, pattern: RegExp, test?: (value: string) => boolean]> = [
  ['AWS access key', 'IA', /A[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])/gd],
  // The secret half has no form of its own, but seldom stands far from its key.
  ['AWS secret key', 'IA', /A[KS]IA[0-9A-Z]{16}[^A-Za-z0-9+/][^\n]{0,60}?(?<![A-Za-z0-9+/])([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/gd],
  ['Google API key', 'AIza', /AIza[0-9A-Za-z_-]{35}/gd],
  ['Google client secret', 'GOCSPX-', /GOCSPX-[0-9A-Za-z_-]{24,40}/gd],
  ['Google access token', 'ya29.', /ya29\.[0-9A-Za-z_-]{20,500}/gd],
  ['Azure storage key', 'AccountKey=', /AccountKey=([A-Za-z0-9+/]{40,100}={0,2})/gd],
  ['Azure shared access key', 'SharedAccessKey=', /SharedAccessKey=([A-Za-z0-9+/]{20,100}={0,2})/gd],
  ['Azure shared access signature', 'sig=', /[?&;]sig=([A-Za-z0-9%+/_-]{20,200}={0,2})/gd],
  ['Azure client secret', 'Q~', /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}/gd],
  ['key in a URL', 'key=', /[?&]key=([A-Za-z0-9_.~%-]{12,500})(?=[&#\s"'`<>)\]\\]|$)/gd, isKey],
  ['signature in a URL', 'X-Amz-Signature=', /X-Amz-Signature=([0-9a-f]{64})/gd],
  ['GitHub token', 'gh', /gh[pousr]_[A-Za-z0-9]{36,255}/gd],
  ['GitHub token', 'github_pat_', /github_pat_[A-Za-z0-9_]{60,255}/gd],
  ['GitLab token', 'gl', /gl(?:pat|dt|rt|cbt|ptt|soat|ft|imt|agent|oas)-[A-Za-z0-9_-]{20,100}/gd],
  ['GitLab token', 'GR1348941', /GR1348941[A-Za-z0-9_-]{20}/gd],
  ['Slack token', 'xox', /xox[abeoprs]-[A-Za-z0-9-]{10,250}/gd],
  ['Slack token', 'xapp-', /xapp-\d-[A-Za-z0-9-]{20,250}/gd],
  ['Slack webhook', 'hooks.slack.com', /hooks\.slack\.com\/(?:services|workflows)\/([A-Za-z0-9/]{20,120})/gd],
  ['npm token', 'npm_', /npm_[A-Za-z0-9]{36}/gd],
  ['PyPI token', 'pypi-', /pypi-AgE[A-Za-z0-9_-]{50,500}/gd],
  ['RubyGems token', 'rubygems_', /rubygems_[0-9a-f]{48}/gd],
  ['Docker token', 'dckr_', /dckr_[po]at_[A-Za-z0-9_-]{20,100}/gd],
  ['Anthropic key', 'sk-ant-', /sk-ant-[A-Za-z0-9_-]{20,200}/gd],
  ['OpenAI key', 'sk-', /sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,250}/gd],
  ['OpenAI key', 'T3BlbkFJ', /sk-[A-Za-z0-9_-]{16,80}T3BlbkFJ[A-Za-z0-9_-]{16,100}/gd],
  ['OpenRouter key', 'sk-or-', /sk-or-v\d-[0-9a-f]{40,100}/gd],
  ['Hugging Face token', 'hf_', /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{34}(?![A-Za-z0-9_])/gd],
  ['Groq key', 'gsk_', /gsk_[A-Za-z0-9]{40,80}/gd],
  ['Stripe key', 'k_', /(?<![A-Za-z0-9])[rsp]k_(?:live|test)_[A-Za-z0-9]{16,128}/gd],
  ['Stripe webhook secret', 'whsec_', /whsec_[A-Za-z0-9+/]{24,100}={0,2}/gd],
  ['Twilio key', 'SK', /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/gd],
  ['SendGrid key', 'SG.', /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}/gd],
  ['Mailchimp key', '-us', /(?<![A-Za-z0-9])[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])/gd],
  ['Discord token', '.', /(?<![A-Za-z0-9_.-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])/gd],
  ['Discord webhook', '/api/webhooks/', /\/api\/webhooks\/\d{16,20}\/([A-Za-z0-9_-]{40,100})/gd],
  ['Teams webhook', 'office', /office(?:365)?\.com\/webhook(?:b2)?\/[\w@-]{36,80}\/\w{1,40}\/([A-Za-z0-9]{16,64}(?:\/[\w-]{1,80}){0,2})/gd],
  ['Telegram token', ':AA', /(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/gd],
  ['Cortex token', 'ctx_', /(?<![A-Za-z0-9_])ctx_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/gd],
  ['DigitalOcean token', '_v1_', /do[opr]_v1_[0-9a-f]{64}/gd],
  ['Shopify token', 'shp', /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/gd],
  ['Square token', 'sq0', /sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}/gd],
  ['Databricks token', 'dapi', /(?<![A-Za-z0-9])dapi[0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9])/gd],
  ['Vault token', 'hv', /(?<![A-Za-z0-9])hv[sbr]\.[A-Za-z0-9_-]{24,300}/gd],
  ['Vault token', 's.', /(?<![\w.-])s\.[A-Za-z0-9]{24}(?:\.[A-Za-z0-9]{5})?(?![\w(-])/gd, isMixedWithDigits],
  ['Terraform token', '.atlasv1.', /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,100}/gd],
  ['Grafana token', 'gl', /gl(?:sa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|c_[A-Za-z0-9+/]{32,400}={0,2})/gd],
  ['New Relic key', 'NRAK-', /NRAK-[A-Z0-9]{27}/gd],
  ['Sentry token', 'sntry', /sntry[su]_[A-Za-z0-9+/=_-]{40,400}/gd],
  ['Linear key', 'lin_api_', /lin_api_[A-Za-z0-9]{32,64}/gd],
  ['Notion token', 'ntn_', /(?<![A-Za-z0-9])ntn_[A-Za-z0-9]{40,60}/gd],
  ['Tailscale key', 'tskey-', /tskey-[a-z]{2,12}-[A-Za-z0-9-]{16,100}/gd],
  ['Atlassian token', 'ATATT3', /ATATT3[A-Za-z0-9_=-]{40,400}/gd],
  ['Pulumi token', 'pul-', /(?<![A-Za-z0-9])pul-[0-9a-f]{40}(?![A-Za-z0-9])/gd],
  ['Doppler token', 'dp.', /(?<![A-Za-z0-9])dp\.(?:st|pt|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{20,60}/gd],
  ['1Password token', 'ops_eyJ', /ops_eyJ[A-Za-z0-9+/_=-]{40,4000}/gd],
  ['Vercel token', 'vercel_', /(?<![A-Za-z0-9])vercel_[A-Za-z0-9_]{20,60}/gd],
  ['Snyk token', 'snyk_', /(?<![A-Za-z0-9])snyk_[a-z]{2,5}[._][A-Za-z0-9._-]{20,400}/gd],
  ['age key', 'AGE-SECRET-KEY-', /AGE-SECRET-KEY-1[0-9A-Z]{58}/gd],
  ['k3s token', 'K10', /(?<![A-Za-z0-9])K10[0-9a-f]{64}::([A-Za-z0-9:_.-]{8,200})/gd],
  ['kubeadm token', '--token', /--token[ =]([a-z0-9]{6}\.[a-z0-9]{16})(?![a-z0-9])/gd],
  ['JSON web token', 'eyJ', /(?<![A-Za-z0-9_-]{2})eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{8,2000}/gd],
  ['JSON web token', 'eyJ', /(?<![A-Za-z0-9_-]{2})eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{0,1000}\.[A-Za-z0-9_-]{8,200}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{16,64}/gd],
  ['password hash', '$', /\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{40,60}|(?:apr1|1|5|6|7|y|gy|sha1)\$[^\s:"'\\]{20,220}|argon2(?:id|i|d)\$[^\s:"'\\]{20,300}|pbkdf2-?\w{0,10}\$[^\s:"'\\]{20,300}|scrypt\$[^\s:"'\\]{20,300})/gd],
  ['password hash', '{S', /\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{20,120}={0,2}/gd],
  // A user may be an address of mail; what is told ends at the last @.
  ['password in a URL', '://', /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#"'<>]{0,200}:([^\s/"'<>@]{1,200}(?:@[^\s/"'<>@]{1,200}){0,4})@(?:[\w[]|\/\w)/gid],
  ['token in a URL', '://', /[a-z][a-z0-9+.-]{1,20}:\/\/([A-Za-z0-9_~-]{16,200})@[\w[]/gid, isKey],
  // A port and what follows it is no password: http://registry:4873/@scope/name.
  ['password in a URL', '://', /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@"'<>]{0,200}:(?!\d{1,5}[/?#])([^\s/?#"'<>@]{1,200}\/[^\s"'<>@]{0,200}(?:@[^\s/"'<>@]{1,200}){0,3})@[\w.-]{1,200}(?=[:/?\s"',;]|$)/gid],
  ['password in a connection string', '@', /(?<![\w.-])[\w.-]{1,64}:([^\s:/@"'<>][^\s"'<>]{0,200})@(?:tcp|udp|unix)\d?\(/gd],
  ['password of a login', ':', /(?<![A-Za-z0-9])[A-Z0-9_]{0,60}(?:AUTH|LOGIN|CREDS?|CREDENTIALS?|USER_?PASS)=["']?[\w.@-]{1,60}:(?!\d{1,5}(?!\S)|\/)([^\s"':]{4,200})/gd],
  ['password in SQL', "'", /(?<![A-Za-z])(?:identified\s{1,8}(?:with\s{1,8}["'\w]{1,40}\s{1,8})?(?:by|as)|password)\s{1,8}[EN]?'((?:[^'\n]|''){1,200})'/gid],
  ['password in a URL', 'jdbc:oracle', /jdbc:oracle:\w{1,8}:[^\s/@"']{1,100}\/([^\s@"']{1,100})@/gid],
  ['authorization header', '', /authorization\\?["']?(?:[ \t]{0,8}[:=,][ \t]{0,8}\\?["']?|[ \t]{1,8}\\?["'])(?:bearer|basic|token|digest|negotiate|apikey|bot)[ \t]{1,4}([A-Za-z0-9._~+/=:-]{6,8000})/gid],
  ['authorization header', '', /authorization\\?["']?[ \t]{0,8}[:=,][ \t]{0,8}\\?["']?(?:[a-z0-9-]{2,20}[ \t]{1,4})?([A-Za-z0-9._~+/=:-]{12,8000})(?=[\s"'`;,)\\]|$)/gid, isKey],
  ['authorization header', '', /(?<![A-Za-z])bearer[ \t]{1,4}([A-Za-z0-9._~+/-]{20,8000}={0,2})/gid],
  ['session cookie', '', /(?<![A-Za-z])(?:set-)?cookie["']?[ \t]{0,4}:[ \t]{0,4}["']?([^\s"'=;,]{1,100}=[^\s"';]{12,4000}(?:; ?[^\s"'=;,]{1,100}=[^\s"';]{1,4000}){0,40})/gid],
  ['registry password', 'auth', /\\{0,3}["']_?auth\\{0,3}["'][ \t]{0,8}:\s{0,8}\\{0,3}["']([A-Za-z0-9+/]{8,4000}={0,2})/gd, isNameAndPassword],
  ['registry password', '_auth', /(?<![A-Za-z0-9])_auth[ \t]{0,8}=[ \t]{0,8}["']?([A-Za-z0-9+/]{8,4000}={0,2})/gd, isNameAndPassword],
  ['registry password', '.docker', /\.docker(?:configjson|cfg)["']?[ \t]{0,8}:[ \t]{0,8}["']?([A-Za-z0-9+/]{16,20000}={0,2})/gd],
  ['kubeconfig key', 'client-key-data', /client-key-data["']?[ \t]{0,8}:[ \t]{0,8}["']?([A-Za-z0-9+/]{16,20000}={0,2})/gd],
  ['password of a login', 'uth', /(?:basic_?auth|(?<![\w-])auth[ \t]{0,4}=[ \t]{0,4})\([ \t]{0,4}["'][^"'\n]{1,100}["'][ \t]{0,4},[ \t]{0,4}["']([^"'\s]{4,200})["']/gid],
  ['password of a login', 'getConnection', /getConnection\([ \t]{0,4}[\w.]{1,60},[ \t]{0,4}["'][^"'\n]{1,100}["'][ \t]{0,4},[ \t]{0,4}["']([^"'\s]{4,200})["']/gd],
  ['password of a login', 'PLAIN', /(?<![\w-])PLAIN[ \t]{1,4}([A-Za-z0-9+/]{8,4000}={0,2})/gd, isSaslPlain],
  ['Jenkins secret', '{AQAAAB', /\{(AQAAAB[A-Za-z0-9+/]{20,8000}={0,2})\}/gd],
  ['netrc password', 'password', /(?<![A-Za-z])(?:machine[ \t\n]{1,8}[^\s]{1,200}|default)[ \t\n]{1,8}login[ \t\n]{1,8}[^\s]{1,200}[ \t\n]{1,8}password[ \t\n]{1,8}([^\s]{1,200})/gd],
  ['pgpass password', ':', /^[ \t]{0,60}[\w.*-]{1,200}:(?:\d{2,5}|\*):[\w.*-]{1,100}:[\w.*-]{1,100}:((?:[^\s:\\]|\\.){3,200})$/gmd],
  ['password of a user', 'chpasswd', /echo[ \t]{1,4}["']?[\w.-]{1,60}:([^\s"'|]{3,200})["']?[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4})?chpasswd/gd],
  ['password of a user', 'chpasswd', /chpasswd:[^\n]{0,40}\n(?:[ \t]{1,40}expire:[^\n]{0,40}\n)?[ \t]{1,40}list:[ \t]{0,8}\|[^\n]{0,20}\n((?:[ \t]{1,60}[\w.-]{1,60}:\S{1,200}[ \t]{0,20}(?:\n|$)){1,200})/gd],
  ['password of a user', 'ConvertTo-SecureString', /ConvertTo-SecureString[ \t]{1,4}(?:-\w{1,20}[ \t]{1,4}){0,3}["']([^"'\n]{3,200})["']/gd],
  ['password of a user', 'user', /^[ \t]{0,20}user[ \t]{1,4}[\w.-]{1,60}[ \t]{1,4}(?:insecure-password[ \t]{1,4}|on[ \t]{1,4}>)([^\s]{3,200})/gmd],
  ['PuTTY key', 'Private-Lines:', /Private-Lines: \d{1,3}\n((?:[ \t]{0,60}[A-Za-z0-9+/=]{1,80}\n?){1,200})/gd]
]

export function findTokens (text: string): SecretFound[] {
  const found: SecretFound[] = []
  for (const [kind, hint, pattern, test = isValue] of tokenForms) {
    if (!text.includes(hint)) continue
    for (const match of text.matchAll(pattern)) {
      const [from, to] = match.indices![1] ?? match.indices![0]!
      if (test(text.slice(from, to))) found.push({ kind, index: from, length: to - from, certain: true })
    }
  }
  return found
}

const hash = /^\$(?:2[abxy]?|apr1|1|5|6|7|y|gy|sha1|argon2|pbkdf2|scrypt)/

/** `postgres://app:${DB_PASSWORD}@db` has a place for a secret and none in it. */
function isValue (value: string): boolean {
  return hash.test(value) || !isPlaceholder(value)
}

/** What has no place of its own in a URL or a header, and is no name. */
function isKey (value: string): boolean {
  return isDrawn(value) && !isPlaceholder(value)
}

/** Names have no digits among letters large and small. */
function isMixedWithDigits (value: string): boolean {
  return /\d/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value.slice(2))
}

/** SASL sends who acts, who signs in and the password, with a byte of zero between them. */
function isSaslPlain (value: string): boolean {
  return /^[^\0]*\0[^\0]+\0[^\0]+$/.test(Buffer.from(value, 'base64').toString('latin1'))
}

/** Registries keep `name:password` in base64. */
function isNameAndPassword (value: string): boolean {
  return /^[ -9;-~]+:[ -~]+$/.test(Buffer.from(value, 'base64').toString('latin1'))
}
