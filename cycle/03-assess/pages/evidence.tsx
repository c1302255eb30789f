import { Icon } from '#ui/icons.tsx'
import { State } from '#ui/state/state.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useLack, usePackWords } from '#web/client.ts'
import { useSay } from './rulebook/say.ts'
import { Why } from './why.tsx'
import type { Verification } from './verify.tsx'

/** What a person decides on: the signs with who says so, what is not known and whom to ask, the needs and the rest. */
export function HouseholdEvidence({ item }: { item: Verification }) {
  const t = useWords()
  const say = useSay()
  const lack = useLack()
  const of = (state: string) => item.indicators.filter((each) => each.state === state)
  const met = of('met')
  return (
    <div className="a-evidence">
      <Head item={item} />
      {item.vetoes.length > 0 && <Signs item={item} />}
      {of('unknown').length > 0 && <Unknown household_id={item.household_id} indicators={of('unknown')} />}
      {of('unmet').length > 0 && (
        <section aria-label={t('assess:verify.needs')}>
          <h3>{t('assess:verify.needs')}</h3>
          <ul className="a-list">
            {of('unmet').map((each) => (
              <li key={each.code}>
                <State state="unmet" word={lack(each.code, say(each.label))} />
                <p>{say(each.reason)}</p>
                <Why household_id={item.household_id} part="indicators" code={each.code} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {met.length > 0 && (
        <section aria-label={t('assess:verify.met')}>
          <h3>{t('assess:verify.met')}</h3>
          <p className="a-met">
            {met.map((each) => (
              <State key={each.code} state="met" word={say(each.label)} />
            ))}
          </p>
        </section>
      )}
    </div>
  )
}

type Indicator = Verification['indicators'][number]

function Head({ item }: { item: Verification }) {
  const t = useWords()
  return (
    <div className="a-who">
      <h2>
        <TextLink href={`/households/${item.household_id}`}>{item.head_name}</TextLink>
      </h2>
      <p className="d-says d-num">{item.household_id}</p>
      <p>
        {t('assess:verify.facts', { n: item.household_size ?? '?' })} · {t('assess:verify.income')}{' '}
        <Money minor={item.net_income_per_capita} /> · {t('assess:verify.urgency')}{' '}
        <Num value={item.score} digits={0} />
      </p>
      <p className="d-says">
        {t('assess:verify.surveyed', { who: item.surveyor_name ?? '?' })} <DateText value={item.surveyed_on} />
      </p>
      {item.mine && <p className="a-mine">{t('assess:verify.mine')}</p>}
    </div>
  )
}

/** Signs that speak against, with what the family said and what other departments' lists say. */
function Signs({ item }: { item: Verification }) {
  const t = useWords()
  const say = useSay()
  const label = usePackWords()
  return (
    <section aria-label={t('assess:verify.signs')}>
      <h3>{t('assess:verify.signs')}</h3>
      <ul className="a-list">
        {item.vetoes.map((sign) => (
          <li key={sign.code}>
            <span className="a-sign">
              <Icon name="alert" size={16} /> {say(sign.label)}
            </span>
            <p>{say(sign.plain)}</p>
            <ul className="a-says">
              {sign.evidence.said.map((said) => (
                <li key={said.field}>
                  {t('assess:verify.family_says')} {asLead(say(said.label))} <b>{say(said.told)}</b>
                </li>
              ))}
              {sign.evidence.registers.map((entry, index) => (
                <li key={index}>
                  {label('register', entry.register)}: <b>{entry.name}</b> {entry.detail}{' '}
                  {entry.value !== null && <Money minor={entry.value} cents="never" />}
                </li>
              ))}
            </ul>
            <Why household_id={item.household_id} part="vetoes" code={sign.code} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What is not known, why, and whom to ask. */
function Unknown({ household_id, indicators }: { household_id: string; indicators: Indicator[] }) {
  const t = useWords()
  const say = useSay()
  return (
    <section aria-label={t('assess:verify.unknown')}>
      <h3>{t('assess:verify.unknown')}</h3>
      <ul className="a-list">
        {indicators.map((each) => (
          <li key={each.code}>
            <State state="unknown" word={say(each.label)} />
            <p>{say(each.reason)}</p>
            {each.ask.length > 0 && (
              <ul className="a-says">
                {each.ask.map((ask) => (
                  <li key={ask.field}>
                    {ask.who && <b>{ask.who}: </b>}
                    {say(ask.label)}
                  </li>
                ))}
              </ul>
            )}
            <Why household_id={household_id} part="indicators" code={each.code} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A label that is itself a question is answered without a colon. */
const asLead = (label: string): string => (/[?？]$/.test(label) ? label : `${label}:`)
