import { LogOut } from 'lucide-react'
import { usePage, usePageState } from '../app-context.ts'
import { Panel } from '../screens/panel.tsx'
import { closeNotices } from '../state/notices.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { useTry } from '../ui/use-try.ts'
import { texts } from '../texts.ts'
import { TokensPanel } from './tokens-panel.tsx'

/** Who the page takes the person for, and what that person holds. */
export function AccountPanels () {
  const { api, person: own } = usePage()
  const signIn = usePageState((state) => state.signIn)
  const leave = useTry()
  if (!signIn) return null
  const { required, person } = signIn
  return (
    <>
      <Panel title={texts.signIn.account}>
        {!required || !person
          ? <p>{texts.signIn.open}</p>
          : (
            <>
              <p>{texts.signIn.signedInAs(person.name)}</p>
              <p className='text-sm text-muted'>{person.roles.map((role) => `${role}: ${texts.signIn.roles[role]}`).join(' · ')}</p>
              {/* What a proxy says is the proxy's to end. */}
              {person.via !== 'proxy' && (
                <Button icon={LogOut} className='mt-1 self-start' disabled={leave.busy} onClick={() => leave.run(async () => { await api.post('/v1/sign-out', {}); own.forget(); closeNotices(); location.reload() })}>{texts.signIn.signOut}</Button>
              )}
              <Fault text={leave.error} />
            </>
            )}
      </Panel>
      {required && person && <TokensPanel person={person} />}
    </>
  )
}
