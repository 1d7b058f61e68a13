import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'

const tones = {
  plain: 'border border-edge bg-surface text-text enabled:hover:bg-raised',
  primary: 'border border-transparent bg-accent text-on-accent enabled:hover:brightness-110',
  danger: 'border border-transparent bg-failed text-surface enabled:hover:brightness-110',
  ghost: 'border border-transparent text-text enabled:hover:bg-raised'
} as const

export interface ButtonProps extends ComponentProps<'button'> {
  tone?: keyof typeof tones
  icon?: LucideIcon
  children: ReactNode
}

export function Button ({ tone = 'plain', icon: Icon, children, className = '', ...rest }: ButtonProps) {
  return (
    <button type='button' {...rest} className={`inline-flex min-h-8 shrink-0 items-center justify-center gap-2 rounded-lg px-2.5 py-1 text-sm font-medium whitespace-nowrap disabled:opacity-50 max-lg:min-h-11 ${tones[tone]} ${className}`}>
      {Icon && <Icon size={15} aria-hidden />}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  icon: LucideIcon
  /** What it does; also its tooltip. */
  label: string
  size?: number
}

export function IconButton ({ icon: Icon, label, size = 20, className = '', ...rest }: IconButtonProps) {
  return (
    <button type='button' aria-label={label} title={label} {...rest} className={`grid size-10 shrink-0 place-items-center rounded-lg text-muted enabled:hover:bg-raised enabled:hover:text-text disabled:opacity-50 ${className}`}>
      <Icon size={size} strokeWidth={1.75} aria-hidden />
    </button>
  )
}
