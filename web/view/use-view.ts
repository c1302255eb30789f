import { useNavigate, useParams, useRouterState } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { z } from 'zod'
import { parseView, sharedView } from './view.ts'
import type { RawSearch } from './view.ts'

/** The raw search of the current address. */
export function useRawSearch(): RawSearch {
  return useRouterState({ select: (state) => state.location.search as RawSearch })
}

/**
 * State that lives in the URL: `const [view, setView] = useView(schema)`. Every key needs `.optional()` or
 * `.default()`, numbers `z.coerce`. Make the schema once, outside the component. `setView(patch)` changes the keys it
 * names and goes one step in the history; `setView(patch, { replace: true })` does not (typing in a filter).
 */
export function useView<T extends z.ZodObject>(schema: T) {
  const raw = useRawSearch()
  const navigate = useNavigate()
  const view = useMemo(() => parseView(schema, raw), [schema, raw])
  const setView = useCallback(
    (patch: Partial<Record<keyof z.input<T>, unknown>>, options: { replace?: boolean } = {}) => {
      void navigate({
        to: '.',
        search: ((before: RawSearch) => ({ ...before, ...patch })) as never,
        replace: options.replace ?? false,
        resetScroll: false,
      })
    },
    [navigate],
  )
  return [view, setView] as const
}

/** The view all screens share: area, as_on, q. */
export function useSharedView() {
  return useView(sharedView)
}

/** A part of the path: `useParam('household_code')` on `/households/$household_code`. */
export function useParam(name: string): string {
  const params: Record<string, string | undefined> = useParams({ strict: false })
  const value = params[name]
  if (value === undefined) throw new Error(`This screen's path has no $${name}`)
  return value
}
