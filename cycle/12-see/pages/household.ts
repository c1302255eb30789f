// What the household's screens load: one call a room, left out quietly where the reader's role may not read it.
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useReader } from '#ui/words.tsx'
import { api, call, useLanguage, useMay, usePackWords } from '#web/client.ts'

/** The end of the day chosen where the campaign is, as the moment up to which things were known. */
function useKnownBy(as_on: string | undefined) {
  const { endOf } = useReader()
  return as_on ? { known_on: endOf(as_on) } : {}
}

/** A room's answer about one household. */
function useRoom<T>(
  room: string,
  of: { household_id: string; as_on?: string | undefined; may: boolean },
  ask: () => Promise<T>,
) {
  const { household_id, as_on, may } = of
  return useQuery({ queryKey: [room, 'household', household_id, as_on], queryFn: ask, enabled: may, retry: false })
}

export function useHead(household_id: string) {
  return useRoom('see', { household_id, may: true }, () =>
    call(api.api.see.households[':household_id'].$get({ param: { household_id }, query: {} })),
  )
}

export function useTimeline(household_id: string, as_on?: string) {
  const known = useKnownBy(as_on)
  return useRoom('timeline', { household_id, as_on, may: true }, () =>
    call(
      api.api.see.households[':household_id'].timeline.$get({
        param: { household_id },
        query: { ...(as_on ? { on: as_on } : {}), ...known },
      }),
    ),
  )
}

export function useAssessment(household_id: string, as_on?: string) {
  const known = useKnownBy(as_on)
  return useRoom('assess', { household_id, as_on, may: useMay('assess.read') }, () =>
    call(api.api.assess.households[':household_id'].$get({ param: { household_id }, query: known })),
  )
}

export function useRegister(household_id: string, as_on?: string) {
  const known = useKnownBy(as_on)
  return useRoom('register', { household_id, as_on, may: useMay('register.read') }, () =>
    call(
      api.api.register.households[':household_id'].$get({
        param: { household_id },
        query: { ...(as_on ? { on: as_on } : {}), ...known },
      }),
    ),
  )
}

export function useDiagnosis(household_id: string, as_on?: string) {
  const known = useKnownBy(as_on)
  return useRoom('diagnose', { household_id, as_on, may: useMay('diagnose.read') }, () =>
    call(api.api.diagnose.households[':household_id'].$get({ param: { household_id }, query: known })),
  )
}

export function useAppraisal(household_id: string) {
  return useRoom('appraise', { household_id, may: useMay('appraise.read') }, () =>
    call(api.api.appraise.households[':household_id'].$get({ param: { household_id } })),
  )
}

export function usePlan(household_id: string) {
  return useRoom('prescribe', { household_id, may: useMay('prescribe.read') }, () =>
    call(api.api.prescribe.households[':household_id'].$get({ param: { household_id }, query: {} })),
  )
}

export function useDeliveries(household_id: string) {
  return useRoom('deliver', { household_id, may: useMay('deliver.read') }, () =>
    call(api.api.deliver.households[':household_id'].$get({ param: { household_id } })),
  )
}

export function useAlerts(household_id: string) {
  return useRoom('monitor', { household_id, may: useMay('monitor.read') }, () =>
    call(api.api.monitor.households[':household_id'].$get({ param: { household_id } })),
  )
}

export function useExits(household_id: string) {
  return useRoom('exit', { household_id, may: useMay('exit.read') }, () =>
    call(api.api.exit.households[':household_id'].$get({ param: { household_id } })),
  )
}

/** A text of the pack in the reader's language. */
export function useText() {
  const language = useLanguage()
  return (text: Record<string, string> | null | undefined): string => text?.[language] ?? text?.['en'] ?? ''
}

/**
 * What a field of the rules is called: the form's label, the pack's word for what is computed or for a parameter, and
 * the bare name only where nobody gave it one.
 */
export function useFieldLabels() {
  const label = usePackWords()
  const text = useText()
  const rules = useQuery({
    queryKey: ['rules', 'fields'],
    queryFn: () => call(api.api.rules.$get()),
    enabled: useMay('rules.read'),
    staleTime: Infinity,
    select: (found) => new Map(found.fields.map((field) => [field.name, field.label])),
  })
  return (name: string): string => {
    const bare =
      name
        .replace(/^(params|self|each|m|member)\./, '')
        .split('.')
        .at(-1) ?? name
    const plain = bare.replaceAll('_', ' ')
    const known = [label('derived', bare), label('parameter', bare)].find((word) => word !== plain)
    return text(rules.data?.get(name) ?? rules.data?.get(bare)) || known || plain
  }
}

/** True where something recorded at this time was not yet known on the date chosen. */
export function useIsLater(): (as_on: string | undefined, at: string | null | undefined) => boolean {
  const { dayOf } = useReader()
  return useCallback((as_on, at) => as_on !== undefined && typeof at === 'string' && dayOf(at) > as_on, [dayOf])
}
