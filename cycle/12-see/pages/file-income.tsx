import { useMemo } from 'react'
import { IncomeByYear } from '#ui/charts/chart.tsx'
import { Section } from '#ui/page.tsx'
import { useWords } from '#ui/words.tsx'
import { useIsLater } from './household.ts'

export interface IncomePoint {
  year: number
  value: number | null
  line: number | null
  assessed_at: string
}

/** Income a person by year, with the line of each year drawn in. */
export function Income(props: {
  income: IncomePoint[]
  lines: { year: number; value: number }[]
  as_on?: string | undefined
}) {
  const t = useWords()
  const isLater = useIsLater()
  const { income, lines, as_on } = props
  const data = useMemo(() => {
    const known = income.filter((point) => !isLater(as_on, point.assessed_at))
    return {
      points: known.map(({ year, value }) => ({ year, value })),
      line: lines.filter((point) => as_on === undefined || point.year <= Number(as_on.slice(0, 4))),
    }
  }, [income, lines, as_on, isLater])
  if (data.points.length === 0) return null
  return (
    <Section title={t('see:income.title')}>
      <IncomeByYear
        {...data}
        caption={t('see:income.caption')}
        words={{ year: t('see:years.year'), income: t('see:income.income'), line: t('see:income.line') }}
      />
    </Section>
  )
}
