import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { texts } from '../texts.ts'
import { copyText } from '../ui/copy-text.ts'

export function CodeBlock ({ code, language }: { code: string, language: string }) {
  const [copied, setCopied] = useState(false)
  const Icon = copied ? Check : Copy
  const name = language.split(/\s/, 1)[0]?.slice(0, 24) ?? ''
  return (
    <div className='overflow-hidden rounded-lg border border-line bg-inset'>
      <div className='flex items-center justify-between border-b border-line bg-raised py-0.5 pe-1 ps-3 text-xs text-muted'>
        <span className='font-mono'>{name}</span>
        <button
          type='button'
          className='inline-flex min-h-7 items-center gap-1.5 rounded-md px-2 hover:text-text'
          onClick={() => { void copyText(code).then(setCopied) }}
          onBlur={() => setCopied(false)}
        >
          <Icon size={13} aria-hidden />
          {copied ? texts.chat.copied : texts.chat.copy}
        </button>
      </div>
      <pre tabIndex={0} dir='ltr' className='overflow-x-auto px-3 py-2 font-mono text-xs leading-5'><code>{code}</code></pre>
    </div>
  )
}
