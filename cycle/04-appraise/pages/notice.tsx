import { useQuery } from '@tanstack/react-query'
import { PageHead, Print } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useArea, useParam } from '#web/client.ts'
import paper from '../words.zh.json' with { type: 'json' }
import './appraise.css'

const hung = paper.paper

/** 2014年6月22日 */
function day(date: string): string {
  const [year, month, of_month] = date.split('-').map(Number)
  return `${year}年${month}月${of_month}日`
}

function fill(text: string, gaps: Record<string, string | number>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, gap: string) => String(gaps[gap] ?? ''))
}

/**
 * A notice as it hangs at the village board, on A4: always in the village's language, whatever the reader's. Names,
 * groups and sizes; no identity number, no need and no reason, which are nobody else's business.
 */
export default function NoticePage() {
  const t = useWords()
  const { code } = useArea()
  const notice_id = useParam('notice_id')
  const notice = useQuery({
    queryKey: ['appraise', 'notice', notice_id],
    queryFn: () =>
      call(api.api.appraise.notices[':notice_id'].$get({ param: { notice_id }, query: { area_code: code } })),
    enabled: code !== '',
  })
  const stage = (notice.data?.stage ?? 'first_notice') as 'first_notice' | 'second_notice' | 'announcement'
  const found = notice.data
  return (
    <>
      <div className="d-screen">
        <PageHead
          title={t(`appraise:stage.${stage}`)}
          lead={t('appraise:notice.lead')}
          meta={<TextLink href="/appraise/notices">{t('appraise:notice.back')}</TextLink>}
        />
      </div>
      {notice.error && <ProblemView error={notice.error} onRetry={() => void notice.refetch()} />}
      {found && (
        <Print title={t(`appraise:stage.${stage}`)}>
          <div lang="zh-CN" className="ap-paper">
            <h2>{fill(hung.title, { village: found.area_name.zh })}</h2>
            <p className="ap-paper-stage">{hung[stage]}</p>
            <p>
              {fill(stage === 'announcement' ? hung.text_announcement : hung.text, {
                step: hung[`after_${stage}`],
                n: found.households.length,
                days: found.days,
                from: day(found.posted_on),
                to: day(found.closes_on),
              })}
            </p>
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
                    <td>{each.area_name?.zh ?? ''}</td>
                    <td>{each.household_size}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p>{hung.private}</p>
            {stage !== 'announcement' && <p>{fill(hung.object, { days: found.answer_days ?? '' })}</p>}
            <p className="ap-paper-sign">
              {stage === 'first_notice'
                ? fill(hung.committee, { village: found.area_name.zh })
                : (found.above_name?.zh ?? '')}
              <br />
              {day(found.posted_on)}
            </p>
          </div>
        </Print>
      )}
    </>
  )
}
