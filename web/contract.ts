import type { ComponentType } from 'react'
import type { IconName } from '#ui/icons.tsx'

/** One screen of a room. `cycle/NN-verb/pages.tsx` exports a list of them as `routes`. */
export type RoomRoute = {
  /** From the root, with `$name` for a part of the path: `/households/$household_code`. */
  path: string
  component: ComponentType
  /** The room's folder, `02-match`: where the road lights up, and under which step the menu shows the screen. */
  step?: string
  /** Key of its name in the menu, with the room's namespace: `match:review.title`. */
  label: string
  icon?: IconName
  /** Action of door/permit/roles.ts that a reader needs; without it the menu leaves the screen out. */
  action?: string
  /** Shown to readers who are not signed in too. */
  open?: boolean
  /** `false` keeps it out of the menu. Paths with a `$` are never in it. */
  menu?: boolean
  /** The screen that `/` leads to. One room has it. */
  home?: boolean
  /** The screen that `/` leads to for a reader who may not open that one. */
  home_without?: boolean
  /** The screen the search field on top leads to; it reads `q` from the URL. One room has it. */
  search?: boolean
}
