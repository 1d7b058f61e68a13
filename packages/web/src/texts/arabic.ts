import { english, type Texts } from './english.ts'
export const arabic: Texts = english
