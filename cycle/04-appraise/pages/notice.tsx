import { useQuery } from '@tanstack/react-query'
import { formatDate } from '#ui/format.ts'
import { Loaded } from '#ui/state/loaded.tsx'
import { PageHead, Print } from '#ui/page.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { addDays, api, call, useArea, useLanguage, useParam } from '#web/client.ts'
import en from '../words.en.json' with { type: 'json' }
import zh from '../words.zh.json' with { type: 'json' }
import './paper.css'

/** The paper's words in every language that the screens have. */
/** A language has forms for one only where it says one otherwise. */
type PaperWords = typeof zh.paper & Partial<typeof en.paper>
const papers: Record<string, PaperWords> = { en: en.paper, zh: zh.paper }
const locales: Record<string, string> = { en: 'en-GB', zh: 'zh-CN' }

function fill(text: string, gaps: Record<string, string | number>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, gap: string) => String(gaps[gap] ?? ''))
}

const load = (notice_id: string, area_code: string) =>
  call(api.api.appraise.notices[':notice_id'].$get({ param: { notice_id }, query: { area_code } }))
type Notice = Awaited<ReturnType<typeof load>>

/**
 * A notice as it hangs at the village board, on A4: in the language the pack gives to public papers, whatever the
 * reader's. Names, groups and sizes; no identity number, no need and no reason, which are nobody else's business.
 */
export default function NoticePage() {
  const t = useWords()
  const { code } = useArea()
  const notice_id = useParam('notice_id')
  const notice = useQuery({
    queryKey: ['appraise', 'notice', notice_id],
    queryFn: () => load(notice_id, code),
    enabled: code !== '',
  })
  const stage = notice.data?.stage ?? 'first_notice'
  return (
    <>
      <div className="d-screen">
        <PageHead
          title={t(`appraise:stage.${stage}`)}
          lead={t('appraise:notice.lead')}
          meta={<TextLink href="/appraise/notices">{t('appraise:notice.back')}</TextLink>}
        />
      </div>
      <Loaded query={notice}>
        {(found) => (
          <Print title={t(`appraise:stage.${stage}`)}>
            <Paper found={found} />
          </Print>
        )}
      </Loaded>
    </>
  )
}

function Paper({ found }: { found: Notice }) {
  const readers = useLanguage()
  const language = found.language in papers ? found.language : readers
  const hung: PaperWords = papers[language] ?? en.paper
  const one = (single: string | undefined, many: string) => (found.households.length === 1 ? (single ?? many) : many)
  const stage = found.stage as 'first_notice' | 'second_notice' | 'announcement'
  const day = (date: string) => formatDate(date, locales[language] ?? language)
  const named = (name: { en: string; zh: string } | null) =>
    name ? ((name as Record<string, string>)[language] ?? name.en) : ''
  return (
    <div lang={locales[language]} className="ap-paper" data-total={found.households.length}>
      <h2>{fill(hung.title, { village: named(found.area_name) })}</h2>
      <p className="ap-paper-stage">{hung[stage]}</p>
      <p>
        {fill(
          stage === 'announcement'
            ? one(hung.text_announcement_one, hung.text_announcement)
            : one(hung.text_one, hung.text),
          {
            step: hung[`after_${stage}`],
            n: found.households.length,
          },
        )}
      </p>
      {stage !== 'announcement' && (
        <p>
          {fill(hung.days, {
            // As many dates as days: the day on which it was hung is not a whole one.
            first: day(addDays(found.closes_on, 1 - found.days)),
            last: day(found.closes_on),
            days: found.days,
          })}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">{hung.number}</th>
            <th scope="col">{hung.head}</th>
            <th scope="col">{hung.group}</th>
            <th scope="col">{hung.people}</th>
          </tr>
        </thead>
        <tbody>
          {found.households.map((each, index) => (
            <tr key={each.household_id}>
              <td>{index + 1}</td>
              <td>{each.head_name}</td>
              <td>{named(each.area_name)}</td>
              <td>{each.household_size}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{hung.private}</p>
      {stage !== 'announcement' && <p>{fill(hung.object, { days: found.answer_days ?? '' })}</p>}
      <p>
        {hung.telephone}
        <span className="ap-paper-line" /> {hung.telephone_above}
        <span className="ap-paper-line" />
      </p>
      <div className="ap-paper-sign">
        <span className="ap-paper-seal">{hung.seal}</span>
        <p>
          {stage === 'first_notice'
            ? fill(hung.committee, { village: named(found.area_name) })
            : named(found.above_name)}
          <br />
          {day(found.posted_on)}
        </p>
      </div>
    </div>
  )
}
