/** The request as the rules see it: checked, in order, with nothing of the wire left in it. */
export interface Transcript {
  turns: readonly Turn[]
  tools: readonly OfferedTool[]
}

export interface Turn {
  role: 'user' | 'assistant'
  parts: readonly Part[]
}

export type Part =
  | { type: 'text', text: string }
  | { type: 'call', id: string, name: string, input: Readonly<Record<string, unknown>> }
  | { type: 'result', callId: string, text: string, failed: boolean }

export interface OfferedTool {
  name: string
  /** The names its input knows; null when its schema does not say. */
  fields: ReadonlySet<string> | null
}

/** What the rules answer: text first, then calls. */
export interface Reply {
  text: string
  calls: readonly Call[]
}

export interface Call {
  name: string
  input: Readonly<Record<string, unknown>>
}
