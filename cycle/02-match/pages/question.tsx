import { useQueries, useQuery } from '@tanstack/react-query'
import { Compare, type Pair } from '#ui/compare.tsx'
import { differ } from '#ui/differ.ts'
import { formatDate } from '#ui/format.ts'
import { ProblemView } from '#ui/problem.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useNamed } from '#web/client.ts'
import { Surroundings } from './surroundings.tsx'
import { Waterfall } from './waterfall.tsx'

const load = (review_id: string) => call(api.api.match.reviews[':review_id'].$get({ param: { review_id } }))
type Detail = Awaited<ReturnType<typeof load>>
type Card = NonNullable<Detail['left']>
type Member = Card['members'][number]
type Compared = Detail['pairs'][number]
type Bands = Detail['bands']

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
  const { left, right, pairs, review, bands, households } = found.data
  return (
    <div className="m-question">
      <h2>{t(`match:kind.${props.kind}`)}</h2>
      <p className="d-says">{t(`match:kind_text.${props.kind}`)}</p>
      {review.second !== null && <p className="m-second">{t(`match:second.${review.second}`)}</p>}
      {review.surveyed_by_me && <p className="m-mine">{t('match:review.mine')}</p>}
      <Compare
        label={t('match:review.cards')}
        left={t('match:review.left')}
        right={t('match:review.right')}
        pairs={cardPairs(t, left, right, { day: (day) => formatDate(day, locale), place })}
      />
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
          {people(left, right, pairs).map((each, index) => (
            <People key={`${each.left?.key}-${each.right?.key}`} {...each} bands={bands} open={index === 0} />
          ))}
        </tbody>
      </table>
      <Surroundings households={households} place={place} />
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
function People({ left, right, pair, bands, open }: Two & { bands: Bands; open: boolean }) {
  const t = useWords()
  return (
    <tr>
      <td data-label={t('match:review.left')}>
        <Person member={left} other={right} />
      </td>
      <td data-label={t('match:review.right')}>
        <Person member={right} other={left} />
      </td>
      <td>
        {pair ? (
          <Weighing pair={pair} bands={bands} open={open} />
        ) : (
          <span className="d-says">{t('match:review.alone')}</span>
        )}
      </td>
    </tr>
  )
}

function Person({ member, other }: { member: Member | undefined; other: Member | undefined }) {
  const t = useWords()
  const { locale } = useReader()
  if (!member) return <span className="d-says">{t('match:review.nobody')}</span>
  const text = (of: Member | undefined, field: (typeof fields)[number]) => {
    const value = of?.[field]
    if (value === null || value === undefined || value === '') return null
    if (field === 'relation' || field === 'sex') return t(`match:${field}.${value}`)
    return field === 'birth_date' ? formatDate(value, locale) : value
  }
  return (
    <span className="m-person">
      {fields.map((field) => {
        const [shown, against] = [text(member, field), text(other, field)]
        if (shown === null) return null
        const content = <Marked text={shown} other={against} whole={field === 'relation' || field === 'sex'} />
        return field === 'name' ? <strong key={field}>{content}</strong> : <span key={field}>{content}</span>
      })}
    </span>
  )
}

/** The characters that differ from the other side's, marked; what is missing there is not known, not different. */
function Marked(props: { text: string; other: string | null; whole: boolean }) {
  const { text, other, whole } = props
  if (other === null || other === text) return text
  if (whole) return <mark>{text}</mark>
  return differ(text, other).left.map((piece, index) =>
    piece.differs ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
  )
}

/** What a pair comes to, and step by step why: open for the heaviest pair and for those that are not sure. */
function Weighing({ pair, bands, open }: { pair: Compared; bands: Bands; open: boolean }) {
  const t = useWords()
  return (
    <details className="m-weighing" open={open || !pair.sure}>
      <summary>{t(`match:together.${together(pair, bands)}`)}</summary>
      <Waterfall steps={pair.steps} total={pair.match_weight} bands={bands} />
    </details>
  )
}

/** What a pair comes to, by the thresholds in force. */
function together(pair: Compared, bands: Bands): string {
  if (pair.exact) return 'exact'
  if (pair.vetoed) return 'vetoed'
  return pair.match_weight >= bands.accept ? 'likely' : pair.match_weight >= bands.review ? 'possible' : 'unlikely'
}
