/** What a check of a start is about; `cortex doctor` has a line for each. */
export type StartSubject = 'settings' | 'sign-in' | 'data folder' | 'store' | 'workspace' | 'ports' | 'key' | 'cluster'

/** One thing that stops a start, looked at before anything is made or changed. */
export interface StartCheck {
  readonly about: StartSubject
  /** @throws what a person has to change */
  examine (): unknown
}

/** @throws what the first of them finds */
export async function passStart (checks: readonly StartCheck[]): Promise<void> {
  for (const { examine } of checks) await examine()
}
