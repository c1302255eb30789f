import type { ReactNode } from 'react'

// Drawn for this project on a 20 px grid, 1.6 px stroke.
const shapes = {
  alert: <path d="M10 3.2 17.5 16.5h-15zM10 8v4M10 14.2v.1" />,
  arrow: <path d="M4 10h11M11 5.5 15.5 10 11 14.5" />,
  back: <path d="M12.5 4.5 7 10l5.5 5.5" />,
  check: <path d="m4.5 10.5 3.6 3.6 7.4-8" />,
  chevron: <path d="m5.5 8 4.5 4.5L14.5 8" />,
  clock: <path d="M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM10 6.2V10l2.6 1.8" />,
  cross: <path d="m5.5 5.5 9 9M14.5 5.5l-9 9" />,
  dot: <path d="M10 8.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z" />,
  download: <path d="M10 3.5v9M6.2 9 10 12.7 13.8 9M4 16.5h12" />,
  eye: <path d="M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4z" />,
  filter: <path d="M3.5 5h13M6 10h8M8.5 15h3" />,
  home: <path d="m3.5 9.5 6.5-6 6.5 6M5.5 8.5v8h9v-8M8.5 16.5v-4.5h3v4.5" />,
  language: (
    <path d="M3 5h8M7 3.2V5M9.3 5c-.6 3-2.6 5.4-5.8 6.8M5 7.6c1 1.9 2.6 3.3 4.6 4M9.5 17l3.5-8.5 3.5 8.5M10.7 14.2h4.6" />
  ),
  list: <path d="M7 5h9.5M7 10h9.5M7 15h9.5M3.5 5h.1M3.5 10h.1M3.5 15h.1" />,
  map: <path d="m3 5.5 4.7-2 4.6 2 4.7-2v11l-4.7 2-4.6-2-4.7 2zM7.7 3.5v11M12.3 5.5v11" />,
  menu: <path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h13" />,
  moon: <path d="M16 12A6.5 6.5 0 0 1 8 4a6.5 6.5 0 1 0 8 8z" />,
  person: <path d="M10 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM4 16.8c.6-3.2 3-4.8 6-4.8s5.400 1.600 6 4.800" />,
  plus: <path d="M10 4v12M4 10h12" />,
  print: <path d="M6 7.500V3.500h8v4M6 14H3.500V7.500h13V14H14M6 11.500h8v5H6z" />,
  question: <path d="M7.200 7.600a2.800 2.800 0 1 1 4.200 2.400c-.9.500-1.400 1-1.400 2M10 14.900v.1" />,
  search: <path d="M8.800 3.500a5.300 5.300 0 1 1 0 10.600 5.300 5.300 0 0 1 0-10.600zM12.700 12.700l4 4" />,
  sun: (
    <path d="M10 7a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM10 2.500v1.700M10 15.800v1.700M2.500 10h1.700M15.800 10h1.700M4.700 4.700l1.200 1.200M14.100 14.100l1.200 1.200M4.700 15.300l1.200-1.200M14.100 5.900l1.200-1.200" />
  ),
  undo: <path d="M4 8.500h8a4 4 0 0 1 0 8H8M7.500 5 4 8.500 7.500 12" />,
  survey: <path d="M5 3.500h10v13H5zM7.500 7h5M7.500 10h5M7.500 13h3" />,
  match: <path d="M7.500 5a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12.500 5a5 5 0 1 1 0 10 5 5 0 0 1 0-10z" />,
  assess: <path d="M10 3.500v13M6 16.500h8M4 6.500l6-1.500 6 1.500M4 6.500l-2 5h4zM16 6.500l-2 5h4z" />,
  appraise: <path d="M3.500 4.500h13v8.500H9L5.500 16v-3h-2zM7 8.700h6" />,
  register: <path d="M4.500 3.500h11v13h-11zM7.500 3.500v13M10 7h3M10 10h3" />,
  diagnose: <path d="M10 3v4M10 7 5 11M10 7l5 4M5 11v5M15 11v5M10 7v9" />,
  prescribe: <path d="M4 5h2v2H4zM4 13h2v2H4zM9 6h7M9 14h7M9 10h4" />,
  deliver: <path d="M3.500 7 10 3.500 16.500 7v6.500L10 17l-6.500-3.500zM3.500 7 10 10.500 16.500 7M10 10.500V17" />,
  monitor: <path d="M2.500 10.500h3.500l2-5 3.500 9 2-4h4" />,
  exit: <path d="M9 3.500H4v13h5M8 10h8.500M13 6.500l3.500 3.500-3.500 3.500" />,
  evaluate: (
    <path d="M8.500 4a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM6.500 8.600l1.500 1.500 2.600-3M12 12l4.500 4.500" />
  ),
  see: <path d="M3.500 16.500h13M5.500 14V9.500M10 14V4.500M14.500 14V7.500" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof shapes

export const isIcon = (name: string): name is IconName => Object.hasOwn(shapes, name)

/** One line icon. Decorative unless `label` is given, since a word always stands beside it. */
export function Icon(props: { name: IconName; size?: number; label?: string; weight?: number }) {
  const size = props.size ?? 20
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={props.weight ?? 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      role={props.label ? 'img' : undefined}
      aria-label={props.label}
      aria-hidden={props.label ? undefined : true}
      style={{ flex: 'none' }}
    >
      {shapes[props.name]}
    </svg>
  )
}
