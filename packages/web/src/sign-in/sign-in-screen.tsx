import type { PasswordSignIn, SignInState } from '@cortex/contracts'
import { useState, type FormEvent } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { fieldClass } from '../screens/screen.tsx'
import { formatRoute } from '../state/route.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { LogoMark } from '../ui/logo-mark.tsx'
import { useLoad } from '../ui/use-load.ts'
import { useTry } from '../ui/use-try.ts'
import { texts } from '../texts.ts'

/** Stands in the place of everything else until somebody has signed in; then the page loads anew, at the same address. */
export function SignInScreen () {
  const { value: state, error, reload } = useLoad<SignInState>('/v1/sign-in')
  const fault = usePageState(({ signInFault }) => signInFault)
  return (
    <main className='flex h-full flex-col items-center overflow-y-auto bg-board p-4'>
      <section aria-label={texts.signIn.title} className='my-auto flex w-full max-w-sm flex-col gap-4 rounded-2xl border border-line bg-surface p-6'>
        <header className='flex items-center gap-3'>
          <LogoMark size={32} />
          <h1 className='text-lg font-semibold'>{texts.signIn.title}</h1>
        </header>
        <p className='text-sm text-muted'>{texts.signIn.ended}</p>
        {fault !== null && <Fault text={texts.signIn.faults[fault] ?? texts.signIn.otherFault} />}
        {error !== null && (
          <>
            <Fault text={texts.signIn.unreachable} />
            <Button onClick={reload}>{texts.signIn.tryAgain}</Button>
          </>
        )}
        {state && <Ways state={state} />}
      </section>
    </main>
  )
}

function Ways ({ state: { password, provider } }: { state: SignInState }) {
  const route = usePageState((state) => state.route)
  return (
    <>
      {password && <PasswordForm />}
      {password && provider !== null && <p className='text-center text-sm text-muted'>{texts.signIn.or}</p>}
      {provider !== null && (
        <a href={`/v1/sign-in/oidc?return_to=${encodeURIComponent(formatRoute(route))}`} className='inline-flex min-h-11 items-center justify-center rounded-lg border border-edge px-3 font-medium hover:bg-raised'>
          {texts.signIn.withProvider(provider)}
        </a>
      )}
      {!password && provider === null && <p>{texts.signIn.none}</p>}
    </>
  )
}

function PasswordForm () {
  const { api } = usePage()
  const [given, setGiven] = useState<PasswordSignIn>({ name: '', password: '' })
  const attempt = useTry()

  function submit (event: FormEvent) {
    event.preventDefault()
    attempt.run(async () => {
      await api.post<SignInState>('/v1/sign-in/password', given)
      location.reload()
    })
  }

  return (
    <form className='flex flex-col gap-3' onSubmit={submit}>
      <label className='flex flex-col gap-1 text-sm font-medium'>
        {texts.signIn.name}
        <input className={`${fieldClass} font-normal max-lg:text-[1rem]`} value={given.name} required autoFocus autoComplete='username' autoCapitalize='none' spellCheck={false} onChange={({ target }) => setGiven({ ...given, name: target.value })} />
      </label>
      <label className='flex flex-col gap-1 text-sm font-medium'>
        {texts.signIn.password}
        <input className={`${fieldClass} font-normal max-lg:text-[1rem]`} type='password' value={given.password} required autoComplete='current-password' onChange={({ target }) => setGiven({ ...given, password: target.value })} />
      </label>
      <Fault text={attempt.error} />
      <Button type='submit' tone='primary' disabled={attempt.busy}>{attempt.busy ? texts.signIn.submitting : texts.signIn.submit}</Button>
    </form>
  )
}
