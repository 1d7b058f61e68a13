export function LogoMark ({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox='0 0 32 32' aria-hidden className='shrink-0'>
      <rect width='32' height='32' rx='8' className='fill-accent' />
      <path d='M20.6 12.4a5.6 5.6 0 1 0 0 7.2' className='fill-none stroke-on-accent' strokeWidth='3.2' strokeLinecap='round' />
    </svg>
  )
}
