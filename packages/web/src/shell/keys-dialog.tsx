import { usePage } from '../app-context.ts'
import { texts } from '../texts.ts'
import { Dialog } from '../ui/dialog.tsx'

export function KeysDialog () {
  const { store } = usePage()
  return (
    <Dialog label={texts.keys.title} onClose={() => store.set({ overlay: null })} className='max-w-sm'>
      <div className='p-5'>
        <h2 className='mb-3 font-semibold'>{texts.keys.title}</h2>
        <dl className='grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2 text-sm'>
          {texts.keys.list.map(([keys, meaning]) => (
            <div key={keys} className='contents'>
              <dt><kbd dir='ltr' className='rounded-md border border-line bg-raised px-1.5 py-0.5 font-mono text-xs whitespace-pre'>{keys}</kbd></dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  )
}
