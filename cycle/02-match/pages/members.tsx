import { Kbd } from '@mantine/core'
import { useEffect, useEffectEvent, useState } from 'react'
import { differ } from '#ui/why/differ.ts'
import { formatDate, formatNumber, NOT_KNOWN } from '#ui/format.ts'
import { Icon } from '#ui/icons.tsx'
import { State } from '#ui/state/state.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { hiddenSlip, stateOfVerdict, telling, verdictOf } from './people.ts'
import type { Bands, Member, People, Step, Two } from './people.ts'
import { stepText, Waterfall } from './waterfall.tsx'

/** A pair or two leave room for their waterfalls; of more, the reader opens what he doubts, or all with W. */
const ROOM_FOR = 2

/** The members of both cards, pair by pair: what differs is marked, what speaks for and against one person is told. */
export function Members(props: { people: People; bands: Bands; left: string; right: string }) {
  const t = useWords()
  const { together, only_left, only_right } = props.people
  const [all, setAll] = useState(false)
  const [turned, setTurned] = useState<readonly string[]>([])
  const by_itself = together.length <= ROOM_FOR
  // Under another head everybody is called otherwise: that is no difference.
  const one_head = together.some(({ left, right }) => left.relation === 'head' && right.relation === 'head')
  const toggleAll = () => {
    setAll(!all)
    setTurned([])
  }
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const typing = (event.target as HTMLElement).closest('input,textarea,select,[role=dialog],[role=menu]')
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== 'w') return
    event.preventDefault()
    toggleAll()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
  return (
    <div className="m-members">
      <table className="m-pairs">
        <caption className="d-hidden">{t('match:review.members')}</caption>
        <thead>
          <tr>
            <th scope="col">
              {t('match:review.left')} <span className="d-says">{props.left}</span>
            </th>
            <th scope="col">
              {t('match:review.right')} <span className="d-says">{props.right}</span>
            </th>
            <th scope="col">
              <span className="m-comes">{t('match:review.comes_to')}</span>
              {together.some((two) => two.pair) && (
                <button type="button" className="d-text-button m-all" aria-pressed={all} onClick={toggleAll}>
                  {t('match:weighing.all')} <Kbd>W</Kbd>
                </button>
              )}
            </th>
          </tr>
        </thead>
        {together.map((two) => {
          const key = `${two.left.key} ${two.right.key}`
          return (
            <Pair
              key={key}
              two={two}
              bands={props.bands}
              one_head={one_head}
              open={(by_itself || all) !== turned.includes(key)}
              onTurn={() => setTurned(turned.includes(key) ? turned.filter((each) => each !== key) : [...turned, key])}
            />
          )
        })}
        {only_left.length + only_right.length > 0 && (
          <tbody className="m-alone">
            <tr>
              {[only_left, only_right].map((some, side) => (
                <td key={side}>
                  {some.length === 0 && <span className="d-says">{t('match:review.nobody')}</span>}
                  {some.map((member) => (
                    <Person key={member.key} member={member} other={undefined} />
                  ))}
                </td>
              ))}
              <td>
                <span className="d-says">{t('match:review.alone')}</span>
              </td>
            </tr>
          </tbody>
        )}
      </table>
    </div>
  )
}

function Pair(props: { two: Two; bands: Bands; one_head: boolean; open: boolean; onTurn: () => void }) {
  const t = useWords()
  const { locale } = useReader()
  const { two, bands, one_head, open } = props
  const { left, right, pair } = two
  const slip = hiddenSlip(two)
  const id = `m-weight-${left.key}-${right.key}`
  const verdict = pair && verdictOf(pair, bands)
  const { speaks_for, speaks_against } = telling(pair?.steps ?? [])
  return (
    <tbody className={verdict ? `m-is-${stateOfVerdict[verdict]}` : undefined}>
      <tr>
        <td>
          <Person member={left} other={right} one_head={one_head} slip={slip} />
        </td>
        <td>
          <Person member={right} other={left} one_head={one_head} slip={slip} />
        </td>
        <td className="m-verdict">
          {pair && verdict ? (
            <>
              <State state={stateOfVerdict[verdict]} word={t(`match:together.${verdict}`)} />
              <Told label={t('match:weighing.against')} steps={speaks_against} />
              <Told label={t('match:weighing.for')} steps={speaks_for} />
              <button
                type="button"
                className="d-text-button m-turn"
                aria-expanded={open}
                aria-controls={open ? id : undefined}
                onClick={props.onTurn}
              >
                {t('match:weighing.weight', { bits: formatNumber(pair.match_weight, locale, 1) })}
                <Icon name="chevron" size={14} />
              </button>
            </>
          ) : (
            <span className="m-told">{t(`match:review.by_${two.by}`)}</span>
          )}
        </td>
      </tr>
      {open && pair && (
        <tr className="m-why" id={id}>
          <td colSpan={3}>
            <Waterfall steps={pair.steps} total={pair.match_weight} bands={bands} />
          </td>
        </tr>
      )}
    </tbody>
  )
}

function Told(props: { label: string; steps: readonly Step[] }) {
  const t = useWords()
  if (props.steps.length === 0) return null
  return (
    <span className="m-told">
      <b>{props.label}</b> {props.steps.map((step) => stepText(t, step)).join(t('match:weighing.and'))}
    </span>
  )
}

const fields = ['name', 'relation', 'sex', 'birth_date', 'national_id'] as const
type Field = (typeof fields)[number]

function Person(props: { member: Member; other: Member | undefined; one_head?: boolean; slip?: boolean }) {
  const t = useWords()
  const { locale } = useReader()
  const { member, other } = props
  const text = (of: Member | undefined, field: Field) => {
    const value = of?.[field]
    if (value === null || value === undefined || value === '') return null
    if (field === 'relation' || field === 'sex') return t(`match:${field}.${value}`)
    if (field === 'national_id') return t('match:member.ending', { code: value })
    return field === 'birth_date' ? formatDate(value, locale) : value
  }
  return (
    <span className="m-person">
      {fields.map((field) => {
        const [shown, against] = [text(member, field), text(other, field)]
        if (shown === null && against === null) return null
        const missing = `${t(`match:member.${field}`)} ${NOT_KNOWN}`
        const plain = field === 'relation' && !props.one_head
        const content =
          shown === null ? (
            <span className="m-missing">{missing}</span>
          ) : (
            <Marked
              text={shown}
              other={plain ? null : against}
              whole={field === 'relation' || field === 'sex'}
              date={field === 'birth_date'}
            />
          )
        return field === 'name' ? <strong key={field}>{content}</strong> : <span key={field}>{content}</span>
      })}
      {props.slip && <mark>{t('match:member.hidden_slip')}</mark>}
    </span>
  )
}

/** A date as it is written, cut after digits and after letters: "1938年", "6月", "11日"; "11 ", "Jun ", "1938". */
const partsOf = (date: string): string[] =>
  date.match(/\d+\p{Script=Han}*\s*|\p{L}+[^\p{L}\d]*|[^\p{L}\d]+/gu) ?? [date]

/** The characters that differ from the other side's, marked; what is missing there is not known, not different. */
function Marked(props: { text: string; other: string | null; whole: boolean; date: boolean }) {
  const { text, other, whole } = props
  if (other === null || other === text) return text
  if (whole) return <mark>{text}</mark>
  // Of a date its year, month or day differs, not a letter of the month's name.
  if (props.date) {
    const there = partsOf(other)
    return partsOf(text).map((part, index) =>
      part === there[index] ? <span key={index}>{part}</span> : <mark key={index}>{part}</mark>,
    )
  }
  return differ(text, other).left.map((piece, index) =>
    piece.differs ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
  )
}
