import { Button, NativeSelect } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/problem.tsx'
import { Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useArea, useNamed, usePackWords, useSession, useView } from '#web/client.ts'
import { dueFor, dueKey, useBoard, type Board, type Due } from './board-data.ts'
import { CaseCard } from './card.tsx'
import { MeetingDialog } from './meeting.tsx'
import { PostDialog, ReviewDialog } from './step-dialogs.tsx'
import './appraise.css'

const viewSchema = z.object({ due: z.string().optional(), state: z.string().optional() })

/** The board of an area: where every case stands, and the one thing that is due next for this reader. */
export default function BoardPage() {
  const t = useWords()
  const named = useNamed()
  const { code, found } = useArea()
  const board = useBoard(code)
  const place = found ? named(found.area.name) : ''
  const head = <PageHead title={t('appraise:board.title')} lead={t('appraise:board.lead', { place })} />
  if (board.error) {
    return (
      <>
        {head}
        <ProblemView error={board.error} onRetry={() => void board.refetch()} />
      </>
    )
  }
  if (!board.data) return head
  const empty = board.data.waiting === 0 && board.data.columns.every((column) => column.count === 0)
  return (
    <>
      {head}
      {empty ? (
        <Empty title={t('appraise:board.empty')} text={t('appraise:board.empty_text')} />
      ) : (
        <Work board={board.data} />
      )}
    </>
  )
}

function Work({ board }: { board: Board }) {
  const t = useWords()
  const { role } = useSession()
  const [view, setView] = useView(viewSchema)
  const steps = dueFor(role, board)
  const due = steps.find((step) => dueKey(step) === view.due) ?? steps[0] ?? null
  // Everything due is chosen until somebody takes a card out: most meetings decide on the whole list.
  const [left_out, setLeftOut] = useState<ReadonlySet<string>>(new Set())
  const chosen = (due?.cards ?? []).filter((card) => !left_out.has(card.household_id))
  const toggle = (household_id: string) =>
    setLeftOut((before) => {
      const next = new Set(before)
      if (!next.delete(household_id)) next.add(household_id)
      return next
    })
  return (
    <>
      <Section
        title={t('appraise:due.title')}
        aside={<TextLink href="/appraise/notices">{t('appraise:due.notices', { n: hanging(board) })}</TextLink>}
      >
        {due === null ? (
          <p className="ap-quiet">{t('appraise:due.nothing')}</p>
        ) : (
          <div className="ap-due">
            {steps.length > 1 && (
              <div className="ap-due-steps" role="group" aria-label={t('appraise:due.choose')}>
                {steps.map((step) => (
                  <button
                    key={dueKey(step)}
                    type="button"
                    className="ap-chip"
                    aria-pressed={step === due}
                    onClick={() => setView({ due: dueKey(step) }, { replace: true })}
                  >
                    {t(`appraise:due.${dueKey(step)}`)} <Num value={step.count} />
                  </button>
                ))}
              </div>
            )}
            <DueAction due={due} board={board} chosen={chosen.map((card) => card.household_id)} />
          </div>
        )}
      </Section>
      <Columns
        board={board}
        due={due}
        left_out={left_out}
        toggle={toggle}
        state={view.state}
        setState={(state) => setView({ state }, { replace: true })}
      />
    </>
  )
}

const hanging = (board: Board) => board.notices.filter((notice) => notice.closed_at === null).length

/** The one button: what is due, done for the cards chosen. */
function DueAction({ due, board, chosen }: { due: Due; board: Board; chosen: string[] }) {
  const t = useWords()
  const { code } = useArea()
  const queries = useQueryClient()
  const [opened, setOpened] = useState(false)
  const cards = due.cards.filter((card) => chosen.includes(card.household_id))
  const open = useMutation({
    mutationFn: () => call(api.api.appraise.open.$post({ json: { area_code: code } })),
    onSuccess: async (answer) => {
      notifications.show({ message: t('appraise:done.open', { count: answer.opened }) })
      await queries.invalidateQueries({ queryKey: ['appraise'] })
    },
  })
  const n = due.kind === 'open' ? due.count : chosen.length
  const close = () => setOpened(false)
  return (
    <>
      <p className="ap-quiet">{t(`appraise:due.${dueKey(due)}_text`)}</p>
      {open.error && <ProblemView error={open.error} />}
      <div className="ap-row">
        <Button
          color="seal"
          size="md"
          disabled={n === 0}
          loading={open.isPending}
          onClick={() => (due.kind === 'open' ? open.mutate() : setOpened(true))}
        >
          {t(`appraise:due.${dueKey(due)}_button`, { count: n })}
        </Button>
        {due.kind === 'review' && (
          <TextLink href={`/appraise/review?level=${due.level}`}>{t('appraise:due.one_by_one')}</TextLink>
        )}
      </div>
      {opened && due.kind === 'meet' && <MeetingDialog board={board} cards={cards} onClose={close} />}
      {opened && due.kind === 'review' && <ReviewDialog level={due.level} cards={cards} onClose={close} />}
      {opened && due.kind === 'post' && <PostDialog stage={due.stage} board={board} cards={cards} onClose={close} />}
    </>
  )
}

type ColumnsProps = {
  board: Board
  due: Due | null
  left_out: ReadonlySet<string>
  toggle: (household_id: string) => void
  state: string | undefined
  setState: (state: string) => void
}

/** Eight columns at the desk, one chosen list on the phone. */
function Columns({ board, due, left_out, toggle, state, setState }: ColumnsProps) {
  const t = useWords()
  const label = usePackWords()
  const shown = state ?? due?.column ?? board.columns.find((column) => column.count > 0)?.state ?? 'applied'
  const due_ids = new Set(due?.cards.map((card) => card.household_id))
  return (
    <Section title={t('appraise:board.columns')}>
      <NativeSelect
        className="ap-phone"
        label={t('appraise:board.show')}
        value={shown}
        onChange={(event) => setState(event.currentTarget.value)}
        data={board.columns.map((column) => ({
          value: column.state,
          label: `${label('appraisal_state', column.state)} (${column.count})`,
        }))}
      />
      <div className="ap-columns" role="group" aria-label={t('appraise:board.columns')} tabIndex={0}>
        {board.columns.map((column) => (
          <section
            key={column.state}
            className="ap-column"
            data-shown={column.state === shown}
            data-due={column.state === due?.column}
            aria-label={label('appraisal_state', column.state)}
          >
            <h3>
              <span>{label('appraisal_state', column.state)}</span> <Num value={column.count} />
            </h3>
            {column.count === 0 && <p className="ap-none">{t('appraise:board.none')}</p>}
            <ul>
              {column.cards.map((card) => (
                <li key={card.appraisal_id}>
                  <CaseCard
                    card={card}
                    chosen={due_ids.has(card.household_id) ? !left_out.has(card.household_id) : null}
                    onChoose={() => toggle(card.household_id)}
                  />
                </li>
              ))}
            </ul>
            {column.count > column.cards.length && (
              <p className="ap-none">{t('appraise:board.more', { n: column.count - column.cards.length })}</p>
            )}
          </section>
        ))}
      </div>
    </Section>
  )
}
