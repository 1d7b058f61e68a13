import { english, type Texts } from './texts/english.ts'

export interface Language {
  /** In the language itself. */
  readonly name: string
  readonly direction: 'ltr' | 'rtl'
  /** How dates and numbers are written. */
  readonly locale: string
  load (): Promise<Texts>
}

export const languages = {
  en: { name: 'English', direction: 'ltr', locale: 'en-GB', load: async () => english },
  // Digits as in logs, diffs and clocks, which stay as they are.
  ar: { name: 'العربية', direction: 'rtl', locale: 'ar-u-nu-latn', load: async () => (await import('./texts/arabic.ts')).arabic }
} as const satisfies Record<string, Language>

export type LanguageCode = keyof typeof languages

/** Every word the page says, in the language it speaks. */
export let texts: Texts = english
export let locale: string = languages.en.locale

/** The language that was chosen, or else the first of the browser's that the page knows. */
export function pickLanguage (chosen: string | null, wanted: readonly string[]): LanguageCode {
  for (const each of [chosen, ...wanted]) {
    const code = each?.split('-')[0]
    if (code !== undefined && Object.hasOwn(languages, code)) return code as LanguageCode
  }
  return 'en'
}

/** Makes the page speak a language. Called once, before anything is drawn: what was drawn keeps its words. */
export async function speak (code: LanguageCode, root: HTMLElement): Promise<void> {
  const language: Language = languages[code]
  texts = await language.load()
  locale = language.locale
  root.lang = code
  root.dir = language.direction
}
