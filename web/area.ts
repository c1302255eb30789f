import { useQuery } from '@tanstack/react-query'
import { api, call } from './api.ts'
import { useSessionOrNull } from './people/session.tsx'
import { useSharedView } from './view/use-view.ts'

/**
 * The area the screen is about: `area` of the URL, or the reader's own. `code` is empty for a reader without either
 * (the public). `found` has the area, what lies above and below it, once loaded; `in_register`: it lies in one place that
 * keeps a register, where the rooms' own lists are.
 */
export function useArea() {
  const [view, setView] = useSharedView()
  const session = useSessionOrNull()
  const code = view.area ?? session?.area_code ?? ''
  const found = useQuery({
    queryKey: ['area', code],
    queryFn: () => call(api.api.areas[':area_code'].$get({ param: { area_code: code } })),
    enabled: code !== '',
    staleTime: 600_000,
  })
  return {
    code,
    found: found.data ?? null,
    in_register: (found.data?.area.county_code ?? null) !== null,
    error: found.error,
    choose: (area: string) => setView({ area }),
  }
}
