import { Button, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useRef } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { Choose } from '#ui/decide/choose.tsx'
import { Dialog } from '#ui/decide/dialog.tsx'
import { useDraft } from '#ui/decide/draft.ts'
import { formatDate } from '#ui/format.ts'
import { State } from '#ui/state/state.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { useArea, useHeld, useNamed } from '#web/client.ts'
import { hasQuorum, votePasses } from '../appraise.ts'
import { subjectOf, type Board, type Card } from './board-data.ts'
import { usePersonOf } from './card.tsx'
import { OnDue } from './step-dialogs.tsx'

const SCOPE = 'appraise.meeting'

type Votes = { for: string; against: string; abstain: string }
const none: Votes = { for: '', against: '', abstain: '' }
const kinds = ['for', 'against', 'abstain'] as const

const count = (text: string) => (/^\d+$/.test(text) ? Number(text) : 0)
const total = (votes: Votes) => count(votes.for) + count(votes.against) + count(votes.abstain)

type Told = { held_on: string; entitled: string; present: string; chair: string; minutes: string }
type Draft = { told: Told; votes: Record<string, Votes>; chosen: string[] }

/** Record a meeting as its minutes have it. Quorum and each outcome are told while one types; the door decides. */
export function MeetingDialog(props: { board: Board; onClose: () => void }) {
  const t = useWords()
  return (
    <OnDue step="meet" title={t('appraise:due.meet')} onClose={props.onClose}>
      {(cards, only) => <Meeting {...props} due={cards} only={only} />}
    </OnDue>
  )
}

function Meeting(props: { board: Board; due: Card[]; only: ReactNode; onClose: () => void }) {
  const { board, due, onClose } = props
  const t = useWords()
  const named = useNamed()
  const { locale } = useReader()
  const { code } = useArea()
  const held = useHeld()
  const personOf = usePersonOf()
  // A meeting's minutes are long: what was typed of them is there again after a reload.
  const blank: Draft = {
    told: { held_on: board.today, entitled: '', present: '', chair: '', minutes: '' },
    votes: {},
    chosen: [],
  }
  const draft = useDraft<Draft>(SCOPE, code, blank)
  const { told, votes } = draft.value
  const setTold = (next: Told) => draft.set({ ...draft.value, told: next })
  const people = due.map(personOf)
  const chosen = new Set(due.length === 1 ? due.map((card) => card.household_id) : draft.value.chosen)
  const cards = due.filter((card) => chosen.has(card.household_id))
  const of = (household_id: string) => votes[household_id] ?? none
  const present = count(told.present)
  const entitled = count(told.entitled)
  const rules = board.rules
  const quorum =
    rules && present > 0 && entitled > 0 ? hasQuorum(rules, present, entitled) && present <= entitled : null
  const wrong = cards.filter((card) => total(of(card.household_id)) > present).length
  const missing = cards.filter(
    (card) => of(card.household_id).for === '' || of(card.household_id).against === '',
  ).length
  const passed = rules ? cards.filter((card) => votePasses(rules, count(of(card.household_id).for), present)).length : 0
  const save = () =>
    held.hold({
      says: t('appraise:meeting.held', { date: formatDate(told.held_on, locale), n: cards.length }),
      subjects: cards.map((card) => subjectOf('meet', card)),
      builds: [
        (client) =>
          client.api.appraise.meetings.$post({
            json: {
              area_code: code,
              held_on: told.held_on,
              present,
              entitled,
              chair: told.chair,
              minutes: told.minutes,
              votes: cards.map((card) => ({
                household_id: card.household_id,
                votes_for: count(of(card.household_id).for),
                votes_against: count(of(card.household_id).against),
                votes_abstain: count(of(card.household_id).abstain),
              })),
            },
          }),
      ],
      touches: [['appraise'], ['road']],
      drafts: [[SCOPE, code]],
    })
  const ready =
    cards.length > 0 &&
    quorum === true &&
    wrong === 0 &&
    missing === 0 &&
    told.chair.trim() !== '' &&
    told.minutes.trim() !== ''
  return (
    <Dialog onClose={onClose} size="xl" title={t('appraise:due.meet')}>
      <form
        className="ap-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) void save().then(onClose)
        }}
      >
        {props.only}
        <Choose
          label={t('appraise:meeting.choose')}
          by_place
          people={people}
          chosen={chosen}
          onChange={(next) => draft.set({ ...draft.value, chosen: [...next] })}
        />
        <div className="ap-fields">
          <TextInput
            type="date"
            label={t('appraise:meeting.held_on')}
            value={told.held_on}
            max={board.today}
            required
            onChange={(event) => setTold({ ...told, held_on: event.currentTarget.value })}
          />
          <NumberInput
            label={t('appraise:meeting.entitled')}
            value={told.entitled}
            min={1}
            hideControls
            allowDecimal={false}
            allowNegative={false}
            required
            data-autofocus
            onChange={(value) => setTold({ ...told, entitled: String(value) })}
          />
          <NumberInput
            label={t('appraise:meeting.present')}
            value={told.present}
            min={0}
            hideControls
            allowDecimal={false}
            allowNegative={false}
            required
            onChange={(value) => setTold({ ...told, present: String(value) })}
          />
          <TextInput
            label={t('appraise:meeting.chair')}
            value={told.chair}
            required
            onChange={(event) => setTold({ ...told, chair: event.currentTarget.value })}
          />
        </div>
        <p role="status" className="ap-quorum">
          {quorum === null ? (
            <span className="ap-quiet">{rules ? named(rules.quorum.label as { en: string; zh: string }) : ''}</span>
          ) : (
            <State
              state={quorum ? 'met' : 'unmet'}
              word={t(
                present > entitled
                  ? 'appraise:meeting.too_many'
                  : quorum
                    ? 'appraise:meeting.quorum'
                    : 'appraise:meeting.no_quorum',
                { n: fewest(board, entitled) },
              )}
            />
          )}
        </p>
        <Textarea
          label={t('appraise:meeting.minutes')}
          value={told.minutes}
          required
          autosize
          minRows={2}
          onChange={(event) => setTold({ ...told, minutes: event.currentTarget.value })}
        />
        {cards.length > 0 && (
          <VoteGrid
            board={board}
            cards={cards}
            present={present}
            of={of}
            set={(household_id, next) =>
              draft.set({ ...draft.value, votes: { ...draft.value.votes, [household_id]: next } })
            }
          />
        )}
        <div className="ap-row ap-foot">
          <Button type="submit" color="seal" disabled={!ready}>
            {t('appraise:meeting.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('appraise:cancel')}
          </Button>
          <span className="ap-quiet" role="status">
            {cards.length === 0
              ? t('appraise:meeting.choose_some')
              : wrong > 0
                ? t('appraise:meeting.wrong', { count: wrong })
                : missing > 0
                  ? t('appraise:meeting.missing', { count: missing })
                  : t('appraise:meeting.follows', { passed, failed: cards.length - passed })}
          </span>
        </div>
      </form>
    </Dialog>
  )
}

/** The fewest who must be present of those entitled. */
function fewest(board: Board, entitled: number): number {
  const [part, of] = board.rules?.quorum.present_of_members ?? [0, 1]
  return Math.ceil((entitled * part) / of)
}

type GridProps = {
  board: Board
  cards: Card[]
  present: number
  of: (household_id: string) => Votes
  set: (household_id: string, votes: Votes) => void
}

/** One line a household; Enter and the arrows move down and up, Tab across. Nothing is filled in that was not counted. */
function VoteGrid({ board, cards, present, of, set }: GridProps) {
  const t = useWords()
  const grid = useRef<HTMLTableElement>(null)
  const move = (event: KeyboardEvent<HTMLInputElement>, row: number, kind: string) => {
    const by = event.key === 'Enter' || event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const next = grid.current?.querySelector<HTMLInputElement>(`[data-at="${row + by} ${kind}"]`)
    next?.focus()
    next?.select()
  }
  return (
    <table className="ap-grid" ref={grid} aria-label={t('appraise:meeting.votes')}>
      <thead>
        <tr>
          <th scope="col">{t('appraise:meeting.household')}</th>
          {kinds.map((kind) => (
            <th key={kind} scope="col">
              {t(`appraise:meeting.${kind}`)}
            </th>
          ))}
          <th scope="col">{t('appraise:meeting.outcome')}</th>
        </tr>
      </thead>
      <tbody>
        {cards.map((card, row) => {
          const votes = of(card.household_id)
          const over = total(votes) > present
          const passes = board.rules ? votePasses(board.rules, count(votes.for), present) : null
          return (
            <tr key={card.household_id}>
              <th scope="row">
                {card.head_name} <span className="ap-size">{card.household_id.slice(-4)}</span>
              </th>
              {kinds.map((kind) => (
                <td key={kind} data-label={t(`appraise:meeting.${kind}`)}>
                  <input
                    data-at={`${row} ${kind}`}
                    inputMode="numeric"
                    autoComplete="off"
                    aria-label={`${card.head_name}: ${t(`appraise:meeting.${kind}`)}`}
                    aria-invalid={over}
                    value={votes[kind]}
                    onKeyDown={(event) => move(event, row, kind)}
                    onChange={(event) =>
                      set(card.household_id, { ...votes, [kind]: event.currentTarget.value.replaceAll(/\D/g, '') })
                    }
                  />
                </td>
              ))}
              <td>
                {votes.for !== '' && present > 0 && (
                  <State
                    state={over ? 'unknown' : passes ? 'met' : 'unmet'}
                    word={t(
                      over ? 'appraise:meeting.over' : passes ? 'appraise:meeting.passes' : 'appraise:meeting.fails',
                    )}
                  />
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
