import type { PersonRole, TokenRole } from '@cortex/contracts'

const english = {
  title: 'Sign in to Cortex',
  ended: 'You come back to this page; tasks keep running meanwhile.',
  name: 'Name',
  password: 'Password',
  submit: 'Sign in',
  submitting: 'Signing in…',
  withProvider: (title: string) => `Sign in with ${title}`,
  or: 'or',
  none: 'There is no way to sign in on this page. Ask whoever runs Cortex.',
  unreachable: 'The server does not answer.',
  tryAgain: 'Try again',
  faults: {
    CTX_SIGN_IN_STALE: 'That took too long, or was begun in another browser. Begin again.',
    CTX_SIGN_IN_NO_ROLE: 'You are known there, and may do nothing here. Ask whoever runs Cortex.',
    CTX_PROVIDER_UNREACHABLE: 'The provider does not answer. Try again in a moment.',
    CTX_PROVIDER_REFUSED: 'The provider did not confirm who you are. Begin again.',
    CTX_PROVIDER_CLAIMS_UNUSABLE: 'What the provider says of you cannot be used. Whoever runs Cortex finds the reason in the log.'
  } as Readonly<Record<string, string>>,
  otherFault: 'That did not work. Begin again.',
  account: 'You',
  open: 'There is no sign-in: whoever reaches this address may do everything.',
  signedInAs: (name: string) => `Signed in as ${name}`,
  signOut: 'Sign out',
  roles: { viewer: 'reads', operator: 'asks, cancels, retries', approver: 'approves changes', admin: 'everything', worker: 'works on tasks' } satisfies Record<TokenRole, string>,
  readOnly: 'You may read here, and not ask.',
  noDecision: 'An approver decides this.',
  tokens: 'API tokens',
  tokensText: 'For scripts, MCP clients and workers. Send one as Authorization: Bearer.',
  noTokens: 'No tokens.',
  tokenName: 'What it is for',
  days: 'Days',
  mayDo: 'It may',
  create: 'Make a token',
  creating: 'Making it…',
  shownOnce: 'Copy it now: it is not shown again.',
  newToken: (name: string) => `The token ${name}`,
  copy: 'Copy',
  copied: 'Copied',
  revoke: 'Revoke',
  revokeTitle: (name: string) => `Revoke ${name}?`,
  revokeText: 'Whoever uses it is refused from now on. This cannot be taken back.',
  keep: 'Keep it',
  expires: (date: string) => `until ${date}`,
  used: (date: string | null) => date === null ? 'never used' : `last used ${date}`
}

export const signInTexts: typeof english = english

export const roleNames: readonly PersonRole[] = ['viewer', 'operator', 'approver', 'admin']
