import { cicd } from './cicd.ts'
import { development } from './development.ts'
import { everyday } from './everyday.ts'
import { findings } from './findings.ts'
import { general } from './general.ts'
import { infrastructure } from './infrastructure.ts'
import { inventory } from './inventory.ts'
import { lists } from './lists.ts'
import { order } from './order.ts'
import { requests } from './requests.ts'
import { security } from './security.ts'
import type { Sentence } from './sentence.ts'
import { smallTalk } from './small-talk.ts'
import { waits } from './waits.ts'
import { workday } from './workday.ts'

export type { Sentence }
export const sentences: Readonly<Record<string, readonly Sentence[]>> = { infrastructure, security, cicd, inventory, development, general, everyday, workday, lists, findings, order, requests, waits, smallTalk }
