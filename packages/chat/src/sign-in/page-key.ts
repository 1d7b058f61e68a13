import type { Principal } from '@cortex/service'

/** A secret of one person in their browsers; null for whoever is no person that signed in. */
export type PageKey = (person: Pick<Principal, 'owner' | 'via' | 'kind'>) => string | null
