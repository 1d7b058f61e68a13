import type { Credential } from '@cortex/contracts'

/** Sessions and API tokens, so that they outlive a restart and count for all replicas. Removing one is revoking it. */
export interface CredentialStore {
  add (credential: Credential): Promise<void>
  find (hash: string): Promise<Credential | null>
  /** Newest first; those of everybody without `owner`, which stands for the same person in any spelling. */
  list (filter: { kind: Credential['kind'], owner?: string | undefined, limit: number }): Promise<Credential[]>
  /** Of `owner` alone where one is given. Answers what was removed. */
  remove (id: string, owner?: string): Promise<Credential | null>
  used (id: string, at: string): Promise<void>
  /** Removes those that expired before. */
  trim (before: string): Promise<void>
  close (): Promise<void>
}
