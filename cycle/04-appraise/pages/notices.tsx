import { Button } from '@mantine/core'
import { useState } from 'react'
import { DecideDialog } from '#ui/decide/decide.tsx'
import { Loaded } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useArea, useHeld, useMay, usePackWords, useSession } from '#web/client.ts'
import { useBoard, type Board, type Notice, type Objection } from './board-data.ts'
import { usePlaceOf } from './card.tsx'
import { ObjectDialog, ResolveDialog } from './objection-dialogs.tsx'
import './appraise.css'

/** What hangs, how many days are left, and what has been said against it. */
export default function NoticesPage() {
  const t = useWords()
  const { code } = useArea()
  const board = useBoard(code)
  return (
    <>
      <PageHead title={t('appraise:notices.title')} lead={t('appraise:notices.lead')} />
      <Loaded query={board}>
        {(loaded) => (
          <>
            <Hanging board={loaded} />
            <Objections board={loaded} />
            <Past board={loaded} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Hanging({ board }: { board: Board }) {
  const t = useWords()
  const hanging = board.notices.filter((notice) => notice.closed_at === null)
  return (
    <Section title={t('appraise:notices.hanging')}>
      {hanging.length === 0 && <Empty title={t('appraise:notices.none')} text={t('appraise:notices.none_text')} />}
      <ul className="ap-notices" data-total={hanging.length}>
        {hanging.map((notice) => (
          <li key={notice.notice_id}>
            <NoticeCard notice={notice} board={board} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function NoticeCard({ notice, board }: { notice: Notice; board: Board }) {
  const t = useWords()
  const { role } = useSession()
  const placeOf = usePlaceOf()
  const [objecting, setObjecting] = useState(false)
  const may_object = useMay('appraise.object')
  const open = board.objections.filter((each) => each.notice_id === notice.notice_id && each.state === 'open').length
  const mine = board.rules?.notice_roles[notice.stage] === role
  const held = useHeld()
  const [closing, setClosing] = useState(false)
  const subject = `notice:${notice.notice_id}`
  const upheld = new Set(
    board.objections
      .filter((each) => each.notice_id === notice.notice_id && each.state === 'upheld')
      .map((each) => each.household_id),
  ).size
  const where = [placeOf(notice.area_code), notice.place].filter(Boolean).join(' · ')
  const passed = notice.days - notice.days_left
  return (
    <article className="ap-notice">
      <div className="ap-notice-head">
        <h3>
          <TextLink href={`/appraise/notices/${notice.notice_id}`}>{t(`appraise:stage.${notice.stage}`)}</TextLink>
        </h3>
        {notice.days_left > 0 ? (
          <Tag>{t('appraise:notices.days_left', { count: notice.days_left })}</Tag>
        ) : (
          <Tag tone="met">{t('appraise:notices.days_over')}</Tag>
        )}
      </div>
      <p className="ap-place">
        {[placeOf(notice.area_code), notice.place, t('appraise:notices.households', { count: notice.households })]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <p className="ap-facts">
        <DateText value={notice.posted_on} /> – <DateText value={notice.closes_on} />
      </p>
      <div
        className="ap-days"
        role="img"
        aria-label={t('appraise:notices.day', { n: passed, all: notice.days })}
        style={{ gridTemplateColumns: `repeat(${Math.max(1, notice.days)}, 1fr)` }}
      >
        {Array.from({ length: notice.days }, (_, day) => (
          <span key={day} data-past={day < passed} />
        ))}
      </div>
      {open > 0 && <Tag tone="seal">{t('appraise:notices.open_objections', { count: open })}</Tag>}
      <div className="ap-row">
        {mine && notice.days_left === 0 && !held.isDecided(subject) && (
          <Button color="seal" disabled={open > 0} onClick={() => setClosing(true)}>
            {t('appraise:notices.close')}
          </Button>
        )}
        {may_object && (
          <Button variant="default" onClick={() => setObjecting(true)}>
            {t('appraise:objection.record')}
          </Button>
        )}
      </div>
      {closing && (
        <DecideDialog
          onClose={() => setClosing(false)}
          title={t('appraise:notices.close_title')}
          label={t('appraise:notices.one')}
          people={[{ key: notice.notice_id, name: t(`appraise:stage.${notice.stage}`), says: where }]}
          reason="none"
          scope="appraise.close"
          follows={() =>
            t('appraise:notices.close_follows', {
              place: where,
              n: notice.households,
              passed: notice.households - upheld,
              rejected: upheld,
            })
          }
          confirm={() => t('appraise:notices.close')}
          onDecide={() =>
            held.hold({
              says: t('appraise:notices.close_held', { place: where }),
              subjects: [subject],
              builds: [
                (client) =>
                  client.api.appraise.notices[':notice_id'].close.$post({
                    param: { notice_id: notice.notice_id },
                    json: { closed_on: board.today },
                  }),
              ],
              touches: [['appraise'], ['road']],
            })
          }
        />
      )}
      {objecting && <ObjectDialog notice={notice} today={board.today} onClose={() => setObjecting(false)} />}
    </article>
  )
}

function Objections({ board }: { board: Board }) {
  const t = useWords()
  const label = usePackWords()
  const may = useMay('appraise.resolve')
  const [answering, setAnswering] = useState<Objection | null>(null)
  return (
    <Section title={t('appraise:objection.title')} id="objections">
      {board.objections.length === 0 && <p className="ap-quiet">{t('appraise:objection.none')}</p>}
      <ul className="ap-notices" data-total={board.objections.filter((each) => each.state === 'open').length}>
        {board.objections.map((objection) => (
          <li key={objection.objection_id}>
            <article className="ap-notice">
              <div className="ap-notice-head">
                <h3>
                  <TextLink href={`/households/${objection.household_id}`}>{objection.head_name}</TextLink>
                </h3>
                <Tag tone={objection.state === 'open' ? 'seal' : 'plain'}>{label('objection', objection.state)}</Tag>
              </div>
              <p className="ap-statement">{objection.statement}</p>
              <p className="ap-facts">
                {objection.made_by ?? t('appraise:objection.no_name')} · <DateText value={objection.made_on} />
                {objection.state === 'open' && objection.answer_by && (
                  <>
                    {' · '}
                    {t('appraise:objection.answer_by')} <DateText value={objection.answer_by} />
                  </>
                )}
              </p>
              {objection.resolution && <p>{objection.resolution}</p>}
              {may && objection.state === 'open' && (
                <div className="ap-row">
                  <Button variant="default" onClick={() => setAnswering(objection)}>
                    {t('appraise:objection.answer')}
                  </Button>
                </div>
              )}
            </article>
          </li>
        ))}
      </ul>
      {answering && <ResolveDialog objection={answering} onClose={() => setAnswering(null)} />}
    </Section>
  )
}

function Past({ board }: { board: Board }) {
  const t = useWords()
  const placeOf = usePlaceOf()
  const past = board.notices.filter((notice) => notice.closed_at !== null)
  if (past.length === 0) return null
  return (
    <Section title={t('appraise:notices.past')}>
      <Table
        caption={t('appraise:notices.past')}
        rows={past}
        rowKey={(notice) => notice.notice_id}
        href={(notice) => `/appraise/notices/${notice.notice_id}`}
        columns={[
          {
            key: 'stage',
            label: t('appraise:notices.one'),
            value: (notice) => t(`appraise:stage.${notice.stage}`),
            primary: true,
          },
          {
            key: 'area',
            label: t('appraise:notices.where'),
            value: (notice) => placeOf(notice.area_code) || notice.place,
          },
          {
            key: 'posted_on',
            label: t('appraise:post.posted_on'),
            value: (notice) => notice.posted_on,
            cell: (notice) => <DateText value={notice.posted_on} />,
            width: 140,
          },
          {
            key: 'closed_at',
            label: t('appraise:notices.closed'),
            value: (notice) => notice.closed_at,
            cell: (notice) => <DateText value={notice.closed_at} />,
            width: 140,
          },
          {
            key: 'households',
            label: t('appraise:notices.count'),
            value: (notice) => notice.households,
            cell: (notice) => <Num value={notice.households} />,
            align: 'end',
            width: 120,
          },
        ]}
      />
    </Section>
  )
}
