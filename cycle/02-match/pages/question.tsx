import { useQueries, useQuery } from '@tanstack/react-query'
import { Compare, type Pair } from '#ui/compare.tsx'
import { formatDate } from '#ui/format.ts'
import { ProblemView } from '#ui/problem.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useReader, useWords } from '#ui/words.tsx'
import { api, call, useNamed } from '#web/client.ts'

const load = (review_id: string) => call(api.api.match.reviews[':review_id'].$get({ param: { review_id } }))
type Detail = Awaited<ReturnType<typeof load>>
type Card = NonNullable<Detail['left']>
type Member = Card['members'][number]
type Compared = Detail['pairs'][number]

/** One question: why it is asked, the two cards side by side, and the members pair by pair with what weighs for each. */
export function Question(props: { review_id: string; kind: string }) {
  const t = useWords()
  const found = useQuery({
    queryKey: ['match', 'review', props.review_id],
    queryFn: () => load(props.review_id),
  })
  const { locale } = useReader()
  const named = useNamed()
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
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  if (!found.data) return <p role="status">{t('ui.loading')}</p>
  const { left, right, pairs, review } = found.data
  return (
    <div className="m-question">
      <h2>{t(`match:kind.${props.kind}`)}</h2>
      <p className="d-says">{t(`match:kind_text.${props.kind}`)}</p>
      {review.surveyed_by_me && <p className="m-mine">{t('match:review.mine')}</p>}
      <Compare
        label={t('match:review.cards')}
        left={t('match:review.left')}
        right={t('match:review.right')}
        pairs={cardPairs(t, left, right, { day: (day) => formatDate(day, locale), place })}
      />
      <p>
        {[left, right].flatMap((card) =>
          card?.household_id
            ? [
                <span key={card.instance_id} className="m-file">
                  <TextLink href={`/match/households/${card.household_id}`}>{card.household_id}</TextLink>{' '}
                  <DateText value={card.surveyed_on} />
                </span>,
              ]
            : [],
        )}
      </p>
      <table className="m-pairs">
        <caption>{t('match:review.members')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('match:review.left')}</th>
            <th scope="col">{t('match:review.right')}</th>
            <th scope="col">{t('match:review.comes_to')}</th>
          </tr>
        </thead>
        <tbody>
          {people(left, right, pairs).map((each) => (
            <People key={`${each.left?.key}-${each.right?.key}`} {...each} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface Told {
  day: (day: string) => string
  place: (area_code: string) => string
}

function cardPairs(t: (key: string) => string, left: Card | null, right: Card | null, told: Told): Pair[] {
  const row = (key: string, value: (card: Card) => string | null): Pair => ({
    key,
    label: t(`match:card.${key}`),
    left: left && value(left),
    right: right && value(right),
  })
  return [
    row('household_size', (card) => String(card.household_size)),
    row('area_code', (card) => told.place(card.area_code)),
    row('address', (card) => card.address),
    row('phone', (card) => card.phone),
    row('surveyed_on', (card) => card.surveyed_on && told.day(card.surveyed_on)),
    row('surveyor_name', (card) => card.surveyor_name),
  ]
}

interface Two {
  left: Member | undefined
  right: Member | undefined
  pair: Compared | undefined
}

/** Compared members first, the heaviest on top; then those of either card that nobody on the other is like. */
function people(left: Card | null, right: Card | null, pairs: readonly Compared[]): Two[] {
  const of = (card: Card | null, key: string) =>
    card?.members.find((member) => member.key === key || member.person_id === key)
  const compared = pairs.map((pair) => ({ left: of(left, pair.left), right: of(right, pair.right), pair }))
  const shown = compared.filter((each) => each.left !== undefined || each.right !== undefined)
  const rest = (card: Card | null, side: 'left' | 'right'): Two[] =>
    (card?.members ?? [])
      .filter((member) => !shown.some((each) => each[side]?.key === member.key))
      .map((member) => ({ left: undefined, right: undefined, pair: undefined, [side]: member }))
  return [
    ...shown.toSorted((a, b) => b.pair.match_weight - a.pair.match_weight),
    ...rest(left, 'left'),
    ...rest(right, 'right'),
  ]
}

const fields = ['name', 'relation', 'sex', 'birth_date', 'national_id'] as const

/** One pair of members on one line: what differs is marked; in words what speaks for one person and what against. */
function People({ left, right, pair }: Two) {
  const t = useWords()
  return (
    <tr>
      <td data-label={t('match:review.left')}>
        <Person member={left} other={right} />
      </td>
      <td data-label={t('match:review.right')}>
        <Person member={right} other={left} />
      </td>
      <td>{pair ? <Weighing pair={pair} /> : <span className="d-says">{t('match:review.alone')}</span>}</td>
    </tr>
  )
}

function Person({ member, other }: { member: Member | undefined; other: Member | undefined }) {
  const t = useWords()
  const { locale } = useReader()
  if (!member) return <span className="d-says">{t('match:review.nobody')}</span>
  const text = (field: (typeof fields)[number]) => {
    const value = member[field]
    if (value === null || value === '') return null
    if (field === 'relation' || field === 'sex') return t(`match:${field}.${value}`)
    return field === 'birth_date' ? formatDate(value, locale) : value
  }
  // What is missing on one side is not known, which is another thing than different.
  const differs = (field: (typeof fields)[number]) =>
    Boolean(member[field] && other?.[field]) && member[field] !== other?.[field]
  return (
    <span className="m-person">
      {fields.map((field) => {
        const shown = text(field)
        if (shown === null) return null
        const content = differs(field) ? <mark>{shown}</mark> : shown
        return field === 'name' ? <strong key={field}>{content}</strong> : <span key={field}>{content}</span>
      })}
    </span>
  )
}

/** The waterfall in words: each comparison, how far it agrees, and how strongly it speaks for or against. */
function Weighing({ pair }: { pair: Compared }) {
  const t = useWords()
  const told = pair.steps.filter((step) => Math.abs(step.weight) >= 0.5)
  const widest = Math.max(1, ...told.map((step) => Math.abs(step.weight)))
  return (
    <details className="m-weighing" open={!pair.sure}>
      <summary>{t(`match:together.${together(pair)}`)}</summary>
      <ul>
        {told.map((step) => (
          <li key={step.comparison}>
            <span>
              {t(`match:step.${step.comparison}`)}
              {step.level !== null && step.comparison !== 'support' && `: ${t(`match:level.${step.level}`)}`}
              {step.comparison === 'support' && `: ${step.level}`}
            </span>
            <span className={step.weight > 0 ? 'm-for' : 'm-against'}>
              <i style={{ inlineSize: `${(100 * Math.abs(step.weight)) / widest}%` }} />
              {t(`match:speaks.${strength(step.weight)}`)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** What a pair comes to. Thresholds are those of the model: 10 bits are about 1 wrong in 1,000, 0 is even odds. */
function together(pair: Compared): string {
  if (pair.exact) return 'exact'
  if (pair.vetoed) return 'vetoed'
  return pair.match_weight >= 10 ? 'likely' : pair.match_weight >= 0 ? 'possible' : 'unlikely'
}

/** Eight bits are odds of 256 to 1, three of 8 to 1. */
function strength(weight: number): string {
  const size = Math.abs(weight)
  return `${size >= 8 ? 'strongly' : size >= 3 ? 'clearly' : 'slightly'}_${weight > 0 ? 'for' : 'against'}`
}
