import { useQueries, useQuery } from '@tanstack/react-query'
import { Compare, type Pair } from '#ui/why/compare.tsx'
import { formatDate } from '#ui/format.ts'
import { Icon } from '#ui/icons.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State } from '#ui/state/state.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useNamed } from '#web/client.ts'
import { Members } from './members.tsx'
import { countsOf, peopleOf } from './people.ts'
import { Surroundings } from './surroundings.tsx'

const load = (review_id: string) => call(api.api.match.reviews[':review_id'].$get({ param: { review_id } }))
type Detail = Awaited<ReturnType<typeof load>>
type Card = NonNullable<Detail['left']>

/** What the page of a question asks the server, so that the next one can be asked before its turn. */
export const questionQuery = (review_id: string) => ({
  queryKey: ['match', 'review', review_id],
  queryFn: () => load(review_id),
})

/** One question: what it comes to at a glance, the members pair by pair, the two cards, and what else is known. */
export function Question(props: { review_id: string; kind: string }) {
  const t = useWords()
  const { locale } = useReader()
  const named = useNamed()
  const found = useQuery(questionQuery(props.review_id))
  const codes = [...new Set([found.data?.left?.area_code, found.data?.right?.area_code])].filter(
    (code) => code !== undefined,
  )
  const places = useQueries({
    queries: codes.map((area_code) => ({
      queryKey: ['area', 'name', area_code],
      queryFn: () => call(api.api.areas[':area_code'].$get({ param: { area_code } })),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  })
  const place = (area_code: string) => {
    const area = places[codes.indexOf(area_code)]?.data?.area
    return area ? named(area.name) : area_code
  }
  const head = (
    <>
      <h2>{t(`match:kind.${props.kind}`)}</h2>
      <p className="d-says">{t(`match:kind_text.${props.kind}`)}</p>
    </>
  )
  if (found.error) {
    return (
      <div className="m-question">
        {head}
        <ProblemView error={found.error} onRetry={() => void found.refetch()} />
      </div>
    )
  }
  // As high as most questions are: the buttons below do not jump while the next one comes.
  if (!found.data) {
    return (
      <div className="m-question m-loading">
        {head}
        <p role="status">{t('ui.loading')}</p>
      </div>
    )
  }
  const { left, right, pairs, review, bands, households } = found.data
  const people = peopleOf(left, right, pairs, bands, review.right_person_id)
  const cardOf = (card: Card | null) =>
    card === null
      ? t('match:review.no_card')
      : [
          t('match:around.members', { n: card.household_size }),
          card.surveyed_on && formatDate(card.surveyed_on, locale),
          card.surveyor_name,
        ]
          .filter(Boolean)
          .join(' · ')
  return (
    <div className="m-question">
      {head}
      {review.second !== null && (
        <p className="m-second">
          <Icon name="person" size={16} /> {t(`match:second.${review.second}`)}
        </p>
      )}
      {review.surveyed_by_me && <p className="m-mine">{t('match:review.mine')}</p>}
      <AtAGlance counts={countsOf(people, bands)} />
      <Members people={people} bands={bands} left={cardOf(left)} right={cardOf(right)} />
      {left?.instance_id !== right?.instance_id && (
        <Compare
          label={t('match:review.cards')}
          left={t('match:review.left')}
          right={t('match:review.right')}
          pairs={cardPairs(t, left, right, place)}
        />
      )}
      <Surroundings households={households} place={place} />
    </div>
  )
}

/** What the members come to together, in one line. */
function AtAGlance({ counts }: { counts: ReturnType<typeof countsOf> }) {
  const t = useWords()
  const told = [
    ['against', 'unmet'],
    ['perhaps', 'unknown'],
    ['same', 'met'],
  ] as const
  return (
    <p className="m-glance">
      {told.map(
        ([key, state]) =>
          counts[key] > 0 && <State key={key} state={state} word={t(`match:glance.${key}`, { n: counts[key] })} />,
      )}
      {(['only_left', 'only_right'] as const).map(
        (key) => counts[key] > 0 && <span key={key}>{t(`match:glance.${key}`, { n: counts[key] })}</span>,
      )}
    </p>
  )
}

function cardPairs(
  t: (key: string) => string,
  left: Card | null,
  right: Card | null,
  place: (area_code: string) => string,
): Pair[] {
  const row = (key: string, value: (card: Card) => string | null): Pair => ({
    key,
    label: t(`match:card.${key}`),
    left: left && value(left),
    right: right && value(right),
  })
  return [
    row('area_code', (card) => place(card.area_code)),
    row('address', (card) => card.address),
    row('phone', (card) => card.phone?.replace(/^\*+/, '···') ?? null),
  ]
}
