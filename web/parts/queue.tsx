import { Compare } from '#ui/why/compare.tsx'
import { Section } from '#ui/page.tsx'
import { Queue } from '#ui/decide/queue.tsx'
import { Why } from '#ui/why/why.tsx'
import { useLanguage } from '../frame/reader.tsx'
import { say } from './data.ts'

type Case = { id: string; name: [string, string]; other: [string, string]; place: [string, string] }

const cases: Case[] = [
  { id: '1', name: ['Liu Guangming', '刘光明'], other: ['Liu Guanming', '刘广明'], place: ['Huawu', '华屋村'] },
  {
    id: '2',
    name: ['Ouyang Chunhua', '欧阳春华'],
    other: ['Ouyang Chunhua', '欧阳春花'],
    place: ['Tianbei', '田背村'],
  },
  {
    id: '3',
    name: ['Wilhelmina Alexandra Featherstonehaugh-Ng', '买买提·艾力·阿不都热合曼'],
    other: ['Wilhelmina Alexandra Featherstonhaugh', '买买提艾力·阿不都热合曼'],
    place: ['Hekeng', '合坑村'],
  },
  { id: '4', name: ['Zhong Xiulan', '钟秀兰'], other: ['Zhong Xiulan', '钟秀蓝'], place: ['Yeping', '叶坪村'] },
]

export function MatchQueue() {
  const l = useLanguage()
  const pick = (words: [string, string]) => say(l, words[0], words[1])
  return (
    <Section title={say(l, 'A queue with a comparison', '待办与比对')}>
      <Queue
        label={say(l, 'Match review', '比对核对')}
        items={cases}
        itemKey={(item) => item.id}
        decisions={{
          accept: say(l, 'Same person', '同一个人'),
          reject: say(l, 'Different', '不是'),
          unsure: say(l, 'Not sure', '拿不准'),
        }}
        onDecide={async () => undefined}
        onUndo={async () => undefined}
        row={(item) => (
          <>
            <b>{pick(item.name)}</b> / {pick(item.other)}
            <div style={{ color: 'var(--ink-3)', fontSize: 13 }}>{pick(item.place)}</div>
          </>
        )}
      >
        {(item) => (
          <>
            <h3 style={{ margin: '0 0 12px', fontSize: 20 }}>
              {pick(item.name)} · {pick(item.place)}
            </h3>
            <Compare
              label={say(l, 'Two records', '两条记录')}
              left={say(l, 'Survey, 17 May', '入户调查，5月17日')}
              right={say(l, 'Insurance register', '医保名册')}
              pairs={[
                {
                  key: 'name',
                  label: say(l, 'Name', '姓名'),
                  left: pick(item.name),
                  right: pick(item.other),
                  weight: '+3.1',
                },
                {
                  key: 'id',
                  label: say(l, 'ID', '证件号'),
                  left: '990781196203011234',
                  right: '990781196203017234',
                  weight: '+6.4',
                },
                {
                  key: 'birth',
                  label: say(l, 'Born', '出生'),
                  left: '1962-03-01',
                  right: '1962-03-01',
                  weight: '+5.0',
                },
                { key: 'place', label: say(l, 'Village', '村'), left: pick(item.place), right: null, weight: '0.0' },
              ]}
            />
            <Why
              reasons={[
                {
                  text: say(
                    l,
                    'The birth date is the same; one in 9,400 pairs agrees by chance.',
                    '出生日期相同，偶然相同的概率为九千四百分之一。',
                  ),
                },
                { text: say(l, 'One digit of the ID differs, as in a typing slip.', '证件号一位不同，像是录入差错。') },
              ]}
            />
          </>
        )}
      </Queue>
    </Section>
  )
}
