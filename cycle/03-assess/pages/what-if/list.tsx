import { formatNumber } from '#ui/format.ts'
import { Section } from '#ui/page.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { Money, Num } from '#ui/text.tsx'
import { useReader } from '#ui/words.tsx'
import { usePackWords } from '#web/client.ts'
import type { WhatIfResult } from '../../what-if/run.ts'
import { useSay } from '../rulebook/say.ts'

type Row = WhatIfResult['moved'][number]

/** The households that would enter or leave, and which indicator's state makes them. */
export function MovedList({ result }: { result: WhatIfResult }) {
  const { words: t, locale } = useReader()
  const say = useSay()
  const label = usePackWords()
  const all = result.entering.households + result.leaving.households
  const n = (value: number) => formatNumber(value, locale, 0)
  const why = (row: Row): string[] => {
    if (row.flips.length === 0) return [t('assess:whatif.verdict_only')]
    return row.flips.map((flip) => {
      const name = say(flip.label) || flip.code
      if (flip.kind === 'sign') return t(`assess:whatif.${flip.after === 'holds' ? 'sign_on' : 'sign_off'}`, { name })
      const state = (code: string) => t(`assess:state.${code}`)
      return t('assess:whatif.flip', { name, before: state(flip.before), after: state(flip.after) })
    })
  }
  const columns: Column<Row>[] = [
    {
      key: 'household',
      label: t('assess:whatif.column.household'),
      value: (row) => row.household_id,
      cell: (row) => <span className="d-num">{row.household_id}</span>,
      primary: true,
      width: 184,
    },
    {
      key: 'head',
      label: t('assess:whatif.column.head'),
      value: (row) => row.head,
      width: 76,
      sortable: false,
    },
    {
      key: 'change',
      label: t('assess:whatif.column.change'),
      value: (row) => t(`assess:whatif.${row.change}`),
      width: 96,
    },
    {
      key: 'people',
      label: t('assess:whatif.column.people'),
      value: (row) => row.people,
      cell: (row) => <Num value={row.people} digits={0} />,
      align: 'end',
      width: 88,
    },
    {
      key: 'why',
      label: t('assess:whatif.column.why'),
      value: (row) => why(row).join('; '),
    },
    {
      key: 'cause',
      label: t('assess:whatif.column.cause'),
      value: (row) => (row.main_cause === null ? t('assess:whatif.cause_none') : label('cause', row.main_cause)),
      width: 180,
      desk_only: true,
    },
    {
      key: 'gap',
      label: t('assess:whatif.column.gap'),
      value: (row) => row.gap,
      cell: (row) => <Money minor={row.gap} cents="never" />,
      align: 'end',
      width: 120,
    },
  ]
  return (
    <Section title={t('assess:whatif.list')}>
      <p className="d-says">
        {all > result.moved.length
          ? t('assess:whatif.list_lead', { n: n(result.moved.length), all: n(all) })
          : t('assess:whatif.list_all', { n: n(all) })}
      </p>
      <Table
        caption={t('assess:whatif.list')}
        rows={result.moved}
        columns={columns}
        rowKey={(row) => row.household_id}
        href={(row) => `/households/${row.household_id}`}
        line={(row) => why(row).join('; ')}
        line_end="gap"
        height={520}
      />
    </Section>
  )
}
