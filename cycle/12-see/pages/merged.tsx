import { PageHead } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { ProblemError, useMay } from '#web/client.ts'

/** Where a household's file is found, where its number is one that was merged into another; null for other problems. */
export function countsFor(error: unknown): string | null {
  if (!(error instanceof ProblemError) || error.code !== 'household_merged') return null
  return error.errors[0]?.message ?? null
}

/** In place of the file of a household that counts for another: what happened, and the way there. */
export function Merged(props: { household_id: string; counts_for: string; error: unknown }) {
  const t = useWords()
  const may_match = useMay('match.read')
  return (
    <article className="see-file">
      <PageHead title={props.household_id} />
      <ProblemView error={props.error}>
        <p className="see-ways">
          <TextLink className="see-action" href={`/households/${props.counts_for}`}>
            {t('see:file.counts_for', { household_id: props.counts_for })}
          </TextLink>
          {may_match && (
            <TextLink className="see-action" href={`/match/households/${props.household_id}`}>
              {t('see:file.why_merged')}
            </TextLink>
          )}
        </p>
      </ProblemView>
    </article>
  )
}

/** What else counts here, and that no card stands for the household, at the head of its file. */
export function Standing(props: { joined: readonly { household_id: string; head_name: string }[]; no_card: boolean }) {
  const t = useWords()
  if (props.joined.length === 0 && !props.no_card) return null
  return (
    <div className="see-standing">
      {props.no_card && (
        <p className="see-no-card" role="status">
          {t('see:file.no_card')}
        </p>
      )}
      {props.joined.map((each) => (
        <p key={each.household_id} className="d-says">
          {t('see:file.joined', { name: each.head_name, household_id: each.household_id })}{' '}
          <TextLink href={`/match/households/${each.household_id}`}>{t('see:file.why_merged')}</TextLink>
        </p>
      ))}
    </div>
  )
}
