import type { SignInState } from '@cortex/contracts'

/** What this browser keeps for one person: drafts, and where they were. Nobody who signs in after them reads it. Storage may be full or forbidden; the page works without it. */
export interface PersonStore {
  /** What the server knows the page by, so that it answers nobody else; null where nobody signs in. */
  readonly mark: string | null
  /** Of a conversation, of a message in other words, or of what else has a name; null for a conversation there is not yet. */
  draft (id: string | null): string
  /** One of more than 200,000 characters is kept as long as the page is open. */
  keepDraft (id: string | null, text: string): void
  draftNames (): string[]
  lastConversation (): string | null
  keepLastConversation (id: string | null): void
  /** The person signed out: nothing of theirs stays, and other tabs are told. */
  forget (): void
}

/** Who signed in in this browser last; other tabs hear of a change. */
const personName = 'cortex.person'
const draftsName = 'cortex.draft.'
const lastName = 'cortex.last'
const longestDraft = 200_000
/** Characters that all drafts of a browser have together, as they are stored: it gives a page some 5,000,000. */
const mostStored = 2_000_000
const longestKept = 30 * 86_400_000

/** How drafts are stored: as they are, or so that only the person's own key opens them. */
interface Seal {
  readonly close: (text: string) => string | Promise<string>
  readonly open: (stored: string) => string | null | Promise<string | null>
}

/**
 * @param storage asked each time, because asking is what throws where storage is forbidden
 * @param signIn who asks; where that is not known, everything is kept as long as the page is open
 * @param elsewhere called when another tab finds somebody else signed in, or nobody
 */
export async function openPersonStore (window: Window, storage: () => Storage, signIn: SignInState | null, elsewhere: () => void): Promise<PersonStore> {
  const key = signIn?.person?.key ?? null
  const sealed = key !== null && 'subtle' in window.crypto ? { mark: await markOf(key), seal: await sealWith(key) } : null
  const mark = sealed?.mark ?? null
  const prefix = mark === null ? draftsName : `${draftsName}${mark}.`
  const lastKey = mark === null ? lastName : `${lastName}.${mark}`
  const drafts = new Map<string, string>()
  /** Null where nothing may be kept, for it is not known for whom. */
  const seal: Seal | null = sealed?.seal ?? (signIn?.required === false ? { close: (text) => text, open: (stored) => stored } : null)
  let last: string | null = null

  function attempt<Answer> (what: (storage: Storage) => Answer): Answer | null {
    try {
      return what(storage())
    } catch {
      return null
    }
  }
  const put = (name: string, value: string | null) => attempt((kept) => {
    // What cannot be kept anew must not come back as it was before.
    kept.removeItem(name)
    if (value !== null) kept.setItem(name, value)
  })
  const isHere = () => mark === null || attempt((kept) => kept.getItem(personName)) === mark

  async function take (name: string, stored: string | null): Promise<void> {
    const text = stored === null ? null : await seal?.open(partsOf(stored).text)
    if (text) drafts.set(name, text)
    else drafts.delete(name)
  }
  function write (name: string, text: string): void {
    if (!seal || !isHere()) return
    if (text === '' || text.length > longestDraft) {
      put(name, null)
      return
    }
    const closed = seal.close(text)
    if (typeof closed === 'string') return store(name, closed)
    // Only the newest is written, and none after the person has gone.
    void closed.then((stored) => { if (drafts.get(name) === text && isHere()) store(name, stored) })
  }
  function store (name: string, closed: string): void {
    put(name, `${Date.now()}:${closed}`)
    attempt((kept) => trim(kept, name))
  }

  if (seal) {
    attempt((kept) => {
      if (mark !== null) {
        kept.setItem(personName, mark)
        removeUnsealed(kept)
      }
      trim(kept, null)
    })
    last = attempt((kept) => kept.getItem(lastKey))
    for (const name of attempt(namesIn) ?? []) if (name.startsWith(prefix)) await take(name, attempt((kept) => kept.getItem(name)))
    window.addEventListener('storage', ({ key: name, newValue }) => {
      if (mark !== null && name === personName && newValue !== mark) elsewhere()
      if (name?.startsWith(prefix)) void take(name, newValue)
    })
  }

  const nameOf = (id: string | null) => `${prefix}${id ?? 'new'}`
  return {
    mark,
    draft: (id) => drafts.get(nameOf(id)) ?? '',
    keepDraft (id, text) {
      const name = nameOf(id)
      if (text === '') drafts.delete(name)
      else drafts.set(name, text)
      write(name, text)
    },
    draftNames: () => [...drafts.keys()].map((name) => name.slice(prefix.length)),
    lastConversation: () => last,
    keepLastConversation (id) {
      last = id
      if (seal && isHere()) put(lastKey, id)
    },
    forget () {
      drafts.clear()
      last = null
      for (const name of attempt(namesIn) ?? []) if (name.startsWith(prefix)) put(name, null)
      put(lastKey, null)
      put(personName, null)
    }
  }
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

async function markOf (key: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)))).slice(0, 32)
}

/** AES-GCM under a key of its own, with a new nonce each time. */
async function sealWith (key: string): Promise<Seal> {
  const secret = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`drafts ${key}`))
  const cipher = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    async close (text) {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      return `${toBase64(iv)}.${toBase64(new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, cipher, new TextEncoder().encode(text))))}`
    },
    async open (stored) {
      try {
        const [iv = '', text = ''] = stored.split('.')
        return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64(iv) }, cipher, fromBase64(text)))
      } catch {
        return null
      }
    }
  }
}

function toBase64 (bytes: Uint8Array): string {
  let text = ''
  // A call takes a bounded number of arguments.
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return btoa(text)
}

function fromBase64 (text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

function namesIn (kept: Storage): string[] {
  return Object.keys(kept).filter((name) => name.startsWith(draftsName))
}

/** When it was written, in ms, and what: a draft of before that has no time is the oldest. */
function partsOf (stored: string): { at: number, text: string } {
  const [, at, text] = /^(\d{13}):([^]*)$/.exec(stored) ?? []
  return at === undefined ? { at: 0, text: stored } : { at: Number(at), text: text ?? '' }
}

/** What was kept without sign-in, or before drafts were sealed, is of nobody knows whom. */
function removeUnsealed (kept: Storage): void {
  for (const name of namesIn(kept)) if (!/^[0-9a-f]{32}\./.test(name.slice(draftsName.length))) kept.removeItem(name)
  kept.removeItem(lastName)
}

/** Takes away what is old, and of the rest the oldest until all is within the bound; never what was just written. */
function trim (kept: Storage, written: string | null): void {
  const all = namesIn(kept).map((name) => ({ name, length: kept.getItem(name)?.length ?? 0, at: partsOf(kept.getItem(name) ?? '').at })).sort((a, b) => b.at - a.at)
  let left = mostStored
  for (const { name, length, at } of all) {
    left -= length
    if (name !== written && (left < 0 || (at > 0 && Date.now() - at > longestKept))) kept.removeItem(name)
  }
}
