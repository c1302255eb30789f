import { Section } from '#ui/page.tsx'
import { Money } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { useText, type useDeliveries } from '../household.ts'

type Year = NonNullable<ReturnType<typeof useDeliveries>['data']>['income'][number]

/** Income by year as the ledger of help adds it up: each source, and the sum for a person. */
export function IncomeLedger(props: { years: Year[]; as_on: string | undefined }) {
  const t = useWords()
  const text = useText()
  const { as_on } = props
  const years = props.years.filter((each) => !as_on || each.year <= Number(as_on.slice(0, 4)))
  if (years.length === 0) return null
  return (
    <Section title={t('see:ledger.title')}>
      <div className="see-scroll">
        <table className="see-plain d-num">
          <thead>
            <tr>
              <th scope="col">{t('see:years.year')}</th>
              <th scope="col">{t('see:ledger.sources')}</th>
              <th scope="col" className="see-end">
                {t('see:ledger.per_person')}
              </th>
            </tr>
          </thead>
          <tbody>
            {years.map((year) => (
              <tr key={year.year}>
                <th scope="row">{year.year}</th>
                <td>
                  {year.sources.map((source) => (
                    <div key={source.source}>
                      {text(source.label)} <Money minor={source.amount} cents="never" />
                    </div>
                  ))}
                </td>
                <td className="see-end">
                  <Money minor={year.per_person} cents="never" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
