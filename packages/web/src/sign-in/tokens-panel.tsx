import type { CreatedToken, CredentialView, NewToken, SignInState, TokenList, TokenRole } from '@cortex/contracts'
import { KeyRound } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { usePage } from '../app-context.ts'
import { Panel } from '../screens/panel.tsx'
import { fieldClass } from '../screens/screen.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Fault } from '../ui/fault.tsx'
import { useLoad } from '../ui/use-load.ts'
import { useTry } from '../ui/use-try.ts'
import { roleNames } from './may.ts'
import { texts } from '../texts.ts'

type Person = NonNullable<SignInState['person']>

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const dateOf = (at: string) => date.format(new Date(at))

/** The person's API tokens; an admin's page shows everybody's. */
export function TokensPanel ({ person }: { person: Person }) {
  const { value, error, reload } = useLoad<TokenList>('/v1/tokens')
  const [made, setMade] = useState<CreatedToken | null>(null)
  return (
    <Panel title={texts.signIn.tokens}>
      <p className='text-sm text-muted'>{texts.signIn.tokensText}</p>
      <Fault text={error} />
      {value?.tokens.length === 0 && <p className='text-sm text-muted'>{texts.signIn.noTokens}</p>}
      <ul className='flex flex-col divide-y divide-line'>
        {value?.tokens.map((token) => <TokenRow key={token.id} token={token} person={person} onRevoked={reload} />)}
      </ul>
      {made && <MadeToken made={made} />}
      <NewTokenForm person={person} onMade={(token) => { setMade(token); reload() }} />
    </Panel>
  )
}

function TokenRow ({ token: { id, name, owner, roles, expires_at: expires, used_at: used }, person, onRevoked }: { token: CredentialView, person: Person, onRevoked: () => void }) {
  const { api } = usePage()
  const [asking, setAsking] = useState(false)
  const shown = owner === person.name ? name : `${owner}/${name}`
  return (
    <li className='flex flex-wrap items-center gap-x-3 gap-y-1 py-2'>
      <KeyRound size={15} className='shrink-0 text-muted' aria-hidden />
      <div className='min-w-0 flex-1'>
        <p className='truncate font-mono text-sm'>{shown}</p>
        <p className='text-sm text-muted'>{[roles.join(', '), texts.signIn.expires(dateOf(expires)), texts.signIn.used(used && dateOf(used))].join(' · ')}</p>
      </div>
      <Button aria-label={`${texts.signIn.revoke} ${shown}`} onClick={() => setAsking(true)}>{texts.signIn.revoke}</Button>
      {asking && (
        <Confirm
          title={texts.signIn.revokeTitle(shown)}
          text={texts.signIn.revokeText}
          yes={texts.signIn.revoke}
          no={texts.signIn.keep}
          run={async () => { await api.remove(`/v1/tokens/${id}`); onRevoked() }}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  )
}

function MadeToken ({ made: { name, token } }: { made: CreatedToken }) {
  const [copied, setCopied] = useState(false)
  return (
    <div role='status' className='flex flex-col gap-2 rounded-lg border border-asking-edge bg-asking-soft p-3'>
      <p className='text-sm font-medium'>{texts.signIn.newToken(name)}. {texts.signIn.shownOnce}</p>
      <div className='flex flex-wrap items-center gap-2'>
        <code className='min-w-0 flex-1 font-mono text-sm [overflow-wrap:anywhere]'>{token}</code>
        <Button onClick={() => { void navigator.clipboard.writeText(token).then(() => setCopied(true), () => {}) }}>{copied ? texts.signIn.copied : texts.signIn.copy}</Button>
      </div>
    </div>
  )
}

function NewTokenForm ({ person: { roles: held }, onMade }: { person: Person, onMade: (token: CreatedToken) => void }) {
  const { api } = usePage()
  const isAdmin = held.includes('admin')
  const offered: TokenRole[] = isAdmin ? [...roleNames, 'worker'] : [...held]
  const [given, setGiven] = useState<NewToken>({ name: '', roles: offered.slice(0, 1), days: 90 })
  const attempt = useTry()

  function submit (event: FormEvent) {
    event.preventDefault()
    attempt.run(async () => {
      onMade(await api.post<CreatedToken>('/v1/tokens', given))
      setGiven({ ...given, name: '' })
    })
  }

  return (
    <form className='mt-2 flex flex-col gap-3 border-t border-line pt-3' onSubmit={submit}>
      <div className='flex flex-wrap gap-3'>
        <label className='flex min-w-40 flex-1 flex-col gap-1 text-sm font-medium'>
          {texts.signIn.tokenName}
          <input className={`${fieldClass} font-normal`} value={given.name} required pattern='[A-Za-z0-9][A-Za-z0-9._\-]*' placeholder='ci' autoComplete='off' spellCheck={false} onChange={({ target }) => setGiven({ ...given, name: target.value })} />
        </label>
        <label className='flex w-24 flex-col gap-1 text-sm font-medium'>
          {texts.signIn.days}
          <input className={`${fieldClass} font-normal`} type='number' min={1} max={365} required value={given.days} onChange={({ target }) => setGiven({ ...given, days: target.valueAsNumber })} />
        </label>
      </div>
      <fieldset className='flex flex-wrap gap-x-5 gap-y-2'>
        <legend className='mb-1 text-sm font-medium'>{texts.signIn.mayDo}</legend>
        {offered.map((role) => (
          <label key={role} className='flex min-h-7 items-center gap-2 text-sm'>
            <input type='checkbox' className='size-4 accent-accent' checked={given.roles.includes(role)} onChange={({ target }) => setGiven({ ...given, roles: target.checked ? [...given.roles, role] : given.roles.filter((each) => each !== role) })} />
            {role} <span className='text-muted'>({texts.signIn.roles[role]})</span>
          </label>
        ))}
      </fieldset>
      <Fault text={attempt.error} />
      <Button type='submit' className='self-start' disabled={attempt.busy || given.roles.length === 0}>{attempt.busy ? texts.signIn.creating : texts.signIn.create}</Button>
    </form>
  )
}
