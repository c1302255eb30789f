import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, ProblemError } from '../api.ts'
import { useMay } from '../people/session.tsx'

/**
 * In place of an empty page of a household: where it counts now, if it was found to be one with another (`href` makes
 * the same page of that one); `children` where it stands for itself.
 */
export function CountsFor(props: {
  household_id: string
  href: (household_id: string) => string
  children: ReactNode
}) {
  const t = useWords()
  const may_see = useMay('see.household')
  const { household_id } = props
  const found = useQuery({
    queryKey: ['counts-for', household_id],
    queryFn: () => standingFor(household_id),
    enabled: may_see,
    retry: false,
  })
  if (may_see && found.isPending) return <p role="status">{t('ui.loading')}</p>
  if (!found.data) return props.children
  return (
    <p className="d-merged" role="status">
      {t('merged.counts_for', { household_id: found.data })}{' '}
      <TextLink href={props.href(found.data)}>{t('merged.go', { household_id: found.data })}</TextLink>
    </p>
  )
}

/** The household that this one counts for, or null: its own file says so. */
async function standingFor(household_id: string): Promise<string | null> {
  try {
    await call(api.api.see.households[':household_id'].$get({ param: { household_id }, query: {} }))
    return null
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'household_merged') throw error
    return error.errors[0]?.message ?? null
  }
}
