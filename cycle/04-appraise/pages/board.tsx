import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { z } from 'zod'
import { CountLink, Total } from '#ui/count.tsx'
import { Loaded } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty } from '#ui/state/problem.tsx'
import { Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useArea, useNamed, usePackWords, useSession, useView } from '#web/client.ts'
import type { Level } from '../appraise.ts'
import { dueFor, useBoard, type Board, type Due } from './board-data.ts'
import { CaseCard } from './card.tsx'
import { MeetingDialog } from './meeting.tsx'
import { OpenDialog, PostDialog, ReviewDialog } from './step-dialogs.tsx'
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
  return (
    <>
      {head}
      <Loaded query={board}>
        {(found_board) =>
          found_board.waiting === 0 && found_board.columns.every((column) => column.count === 0) ? (
            <div id="cases" data-total={0}>
              <Empty title={t('appraise:board.empty')} text={t('appraise:board.empty_text')} />
            </div>
          ) : (
            <Work board={found_board} />
          )
        }
      </Loaded>
    </>
  )
}

function Work({ board }: { board: Board }) {
  const t = useWords()
  const { role } = useSession()
  const [view, setView] = useView(viewSchema)
  const steps = dueFor(role, board)
  const due = steps.find((each) => each.step === view.due) ?? steps[0] ?? null
  return (
    <>
      <Section
        title={t('appraise:due.title')}
        aside={
          <CountLink href="/appraise/notices" n={hanging(board)} words={(n) => t('appraise:due.notices', { n })} />
        }
      >
        {due === null ? (
          <p className="ap-quiet">{t('appraise:due.nothing')}</p>
        ) : (
          <div className="ap-due" data-total={due.count}>
            {steps.length > 1 && (
              <div className="ap-due-steps" role="group" aria-label={t('appraise:due.choose')}>
                {steps.map(({ step, count }) => (
                  <button
                    key={step}
                    type="button"
                    className="ap-chip"
                    aria-pressed={step === due.step}
                    onClick={() => setView({ due: step }, { replace: true })}
                  >
                    {t(`appraise:due.${step}`)} <Num value={count} />
                  </button>
                ))}
              </div>
            )}
            <DueAction key={due.step} due={due} board={board} />
          </div>
        )}
      </Section>
      <Columns board={board} due={due} state={view.state} setState={(state) => setView({ state }, { replace: true })} />
    </>
  )
}

const hanging = (board: Board) => board.notices.filter((notice) => notice.closed_at === null).length

/** The one button: it opens the people whom the step is about. */
function DueAction({ due, board }: { due: Due; board: Board }) {
  const t = useWords()
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  const level = levelOf(due.step)
  return (
    <>
      <p className="ap-quiet">{t(`appraise:due.${due.step}_text`)}</p>
      <div className="ap-row">
        {level ? (
          <TextLink href={`/appraise/review?level=${level}`} className="ap-go">
            {t('appraise:due.one_by_one')}
          </TextLink>
        ) : null}
        <Button
          color={level ? undefined : 'seal'}
          variant={level ? 'default' : 'filled'}
          size="md"
          onClick={() => setOpened(true)}
        >
          {t(`appraise:due.${due.step}_button`, { count: due.count })}
        </Button>
      </div>
      {opened && due.step === 'open' && <OpenDialog onClose={close} />}
      {opened && due.step === 'meet' && <MeetingDialog board={board} onClose={close} />}
      {opened && level && <ReviewDialog level={level} onClose={close} />}
      {opened && (due.step === 'first_notice' || due.step === 'second_notice') && (
        <PostDialog stage={due.step} board={board} onClose={close} />
      )}
    </>
  )
}

const levelOf = (step: Due['step']): Level | null =>
  step === 'review_village'
    ? 'village'
    : step === 'review_township'
      ? 'township'
      : step === 'review_county'
        ? 'county'
        : null

type ColumnsProps = {
  board: Board
  due: Due | null
  state: string | undefined
  setState: (state: string) => void
}

/** Eight columns at the desk, one chosen list on the phone. */
function Columns({ board, due, state, setState }: ColumnsProps) {
  const t = useWords()
  const label = usePackWords()
  const shown = state ?? due?.column ?? board.columns.find((column) => column.count > 0)?.state ?? 'applied'
  return (
    <Section title={t('appraise:board.columns')} id="cases">
      <Total n={board.columns.reduce((sum, column) => sum + column.count, 0)}>
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
                    <CaseCard card={card} />
                  </li>
                ))}
              </ul>
              {column.count > column.cards.length && (
                <p className="ap-none">{t('appraise:board.more', { n: column.count - column.cards.length })}</p>
              )}
            </section>
          ))}
        </div>
      </Total>
    </Section>
  )
}
