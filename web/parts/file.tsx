import { useState } from 'react'
import { Button } from '@mantine/core'
import { AsOfPicker } from '#ui/as-of.tsx'
import { Facts } from '#ui/facts.tsx'
import type { Fact } from '#ui/facts.tsx'
import { Masked } from '#ui/masked.tsx'
import { PageHead, Print, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { WorkProgress } from '#ui/state/progress.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Steps } from '#ui/steps.tsx'
import { Table } from '#ui/table/table.tsx'
import { Money } from '#ui/text.tsx'
import { Timeline } from '#ui/charts/timeline.tsx'
import { useLanguage } from '../frame/reader.tsx'
import type { Language } from '../i18n.ts'
import { say } from './data.ts'

function needs(l: Language): Fact[] {
  const survey = say(l, 'Survey by Zhong Meilan', '钟美兰入户调查')
  const day = '2014-05-17'
  return [
    {
      label: say(l, 'Food', '吃'),
      state: 'met',
      source: survey,
      date: day,
      why: [
        { text: say(l, 'No month without enough to eat', '全年不缺粮'), state: 'met' },
        { text: say(l, 'Meat, egg, milk or soy every week', '每周有肉蛋奶豆'), state: 'met' },
      ],
    },
    { label: say(l, 'Clothing', '穿'), state: 'met', source: survey, date: day },
    {
      label: say(l, 'Compulsory education', '义务教育'),
      state: 'unknown',
      state_word: say(l, 'Not known: schooling of the second child', '不清楚：二孩就学情况'),
      source: say(l, 'School roll, no entry', '学籍名册无记录'),
      date: '2014-04-30',
    },
    {
      label: say(l, 'Basic medical care', '基本医疗'),
      state: 'unmet',
      state_word: say(l, 'One of six not insured', '六人中一人未参保'),
      source: say(l, 'Medical insurance register', '医保名册'),
      date: '2014-03-31',
      why: [
        {
          text: say(l, 'Liu Guangming, insured:', '刘光明，参保：'),
          value: say(l, 'no', '否'),
          state: 'unmet',
          source: say(l, 'Medical insurance register', '医保名册'),
          date: '2014-03-31',
        },
        {
          text: say(l, 'The other five, insured:', '其余五人，参保：'),
          value: say(l, 'yes', '是'),
          state: 'met',
          source: survey,
          date: day,
        },
      ],
      rule: say(
        l,
        'Met when every member has medical insurance and every illness is treated.',
        '全家参保且患病者均得到治疗，即为达标。',
      ),
    },
    {
      label: say(l, 'Safe housing', '住房安全'),
      state: 'unmet',
      state_word: say(l, 'Grade C', '房屋 C 级'),
      source: survey,
      date: day,
    },
    {
      label: say(l, 'Income a person, 2014', '2014年人均纯收入'),
      state: 'unmet',
      state_word: say(l, 'Below the line', '低于标准'),
      value: (
        <>
          <Money minor={214_300} /> / <Money minor={280_000} />
        </>
      ),
      source: survey,
      date: day,
    },
  ]
}

export function HouseholdFile() {
  const l = useLanguage()
  const [day, setDay] = useState<string | null>(null)
  return (
    <Print
      title={say(l, 'Household file', '贫困户档案')}
      foot={say(
        l,
        'Household 360781107201-0412. Made data, for looking at the parts.',
        '户编号 360781107201-0412。虚构数据，仅供查看界面。',
      )}
    >
      <PageHead
        title={say(l, 'Liu Changsheng', '刘长生')}
        lead={say(
          l,
          'Group 4, Huawu village, Yeping township. Six members, four generations under one roof.',
          '叶坪镇华屋村第四小组，六口人，四代同堂。',
        )}
        meta={
          <>
            <Tag tone="met">{say(l, 'On the list', '建档立卡户')}</Tag>
            <Tag>{say(l, 'Ordinary poor household', '一般贫困户')}</Tag>
            <span>
              {say(l, 'ID', '证件')}{' '}
              <Masked
                label={say(l, 'ID of Liu Changsheng', '刘长生的证件号')}
                value="3607••••••••••1234"
                onReveal={async () => '000000196203011234'}
              />
            </span>
          </>
        }
        actions={<Button color="seal">{say(l, 'Approve', '批准')}</Button>}
      />
      <AsOfPicker value={day} onChange={setDay} stops={['2014-05-17', '2014-06-20', '2014-08-02']} />
      <div style={{ height: 24 }} />
      <Section title={say(l, 'Needs', '“两不愁三保障”')}>
        <Facts items={needs(l)} columns={2} />
      </Section>
      <div className="p-two">
        <Section title={say(l, 'On the road', '办理进度')}>
          <Steps
            label={say(l, 'On the road', '办理进度')}
            steps={[
              {
                key: 'a',
                label: say(l, 'Application', '农户申请'),
                state: 'done',
                at: '2014-05-20',
                who: say(l, 'Liu Changsheng', '刘长生'),
              },
              {
                key: 'b',
                label: say(l, 'Village meeting', '民主评议'),
                state: 'done',
                at: '2014-06-08',
                detail: say(l, '61 present, 57 for, 1 against', '到会61人，同意57人，反对1人'),
              },
              {
                key: 'c',
                label: say(l, 'First notice', '第一次公示'),
                state: 'now',
                at: '2014-06-09',
                detail: say(l, 'Day 5 of 7, no objection', '第5天，共7天，无异议'),
              },
              { key: 'd', label: say(l, 'Township review', '乡镇审核'), state: 'later' },
            ]}
          />
        </Section>
        <Section title={say(l, 'Everything that happened', '大事记')}>
          <Timeline
            label={say(l, 'Everything that happened', '大事记')}
            entries={[
              {
                id: '4',
                at: '2014-08-02',
                icon: 'deliver',
                title: say(l, 'Two pigs delivered', '发放仔猪两头'),
                who: say(l, 'Deng Haiyan, township', '邓海燕，乡镇'),
                later: day !== null && day < '2014-08-02',
              },
              {
                id: '3',
                at: '2014-06-20',
                icon: 'check',
                tone: 'met',
                title: say(l, 'Approved by the county', '县级审定通过'),
                who: say(l, 'Xie Wenbin', '谢文斌'),
                later: day !== null && day < '2014-06-20',
              },
              {
                id: '2',
                at: '2014-05-17',
                recorded_at: '2014-05-19T08:12:00Z',
                icon: 'survey',
                title: say(l, 'Surveyed at the door', '入户调查'),
                who: say(l, 'Zhong Meilan', '钟美兰'),
              },
              {
                id: '1',
                at: '2013-11-02',
                icon: 'alert',
                tone: 'seal',
                title: say(l, 'Roof lost in a storm', '屋顶被大风掀走'),
              },
            ]}
          />
        </Section>
      </div>
    </Print>
  )
}

export function Conditions() {
  const l = useLanguage()
  const trouble = {
    title: say(l, 'The file has three rows that cannot be read', '文件中有三行无法读取'),
    detail: say(l, 'Rows 14, 90 and 212: the birth date lies in the future.', '第14、90、212行：出生日期在将来。'),
    kept: say(l, '4,187 rows, as batch 0031', '4,187行，批次0031'),
    action: say(l, 'Correct the three rows and send only these.', '改正这三行后，只提交这三行。'),
    code: 'birth_date_in_future',
  }
  return (
    <Section title={say(l, 'Empty, loading, failed, long', '空、载入、出错、耗时')}>
      <div className="p-two">
        <Empty
          title={say(l, 'No meeting has been held', '尚未召开评议会')}
          text={say(l, 'The record of the village meeting would be here.', '这里将显示评议会记录。')}
          action={<Button>{say(l, 'Record a meeting', '记录评议会')}</Button>}
        />
        <ProblemView error={trouble} onRetry={() => undefined} />
        <Table caption={say(l, 'Loading', '载入中')} rows={[]} columns={[]} rowKey={String} loading />
        <WorkProgress
          label={say(l, 'Assessing households', '正在识别')}
          work={{ done: 6120, total: 17_204, eta_seconds: 95 }}
        />
      </div>
    </Section>
  )
}
