import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State } from '#ui/state/state.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call } from '#web/client.ts'
import { useSay } from '../rulebook/say.ts'

type Json = Parameters<(typeof api.api)['what-if']['household']['$post']>[0]['json']
type Changes = NonNullable<Json['changes']>

/** One household under the changed rules as one changes them: each indicator before and after, with its reason. */
export function OneHousehold(props: {
  household_id: string
  onChoose: (household_id: string) => void
  changes: Changes
  day: string
}) {
  const t = useWords()
  const say = useSay()
  const wanted = JSON.stringify([props.household_id.trim(), props.changes, props.day])
  const [asked] = useDebouncedValue(wanted, 400)
  const found = useQuery({
    queryKey: ['what-if', 'household', asked],
    queryFn: () => {
      const [household_id, changes, day] = JSON.parse(asked) as [string, Changes, string]
      const json: Json = { household_id, answers: {}, changes, ...(day === '' ? {} : { reference_date: day }) }
      return call(api.api['what-if'].household.$post({ json }))
    },
    enabled: (JSON.parse(asked) as [string])[0] !== '',
    placeholderData: (before) => before,
    retry: false,
  })
  const { data } = found
  return (
    <Section title={t('assess:whatif.one')}>
      <p className="d-says">{t('assess:whatif.one_lead')}</p>
      <TextInput
        label={t('assess:whatif.one_code')}
        value={props.household_id}
        onChange={(event) => props.onChoose(event.currentTarget.value)}
        w={{ base: '100%', sm: 300 }}
        autoComplete="off"
      />
      {found.error && (
        <div className="wi-one">
          <ProblemView error={found.error} />
        </div>
      )}
      {data && !found.error && props.household_id.trim() === data.household_id && (
        <div className="wi-one" role="status" aria-busy={found.isFetching}>
          <p className="wi-one-verdict">
            <TextLink href={`/households/${data.household_id}`}>{data.household_id}</TextLink>:{' '}
            {t(`assess:verdict.${data.before.verdict}`)} → <b>{t(`assess:verdict.${data.after.verdict}`)}</b>
          </p>
          <table className="wi-one-table">
            <thead>
              <tr>
                <th scope="col">{t('assess:column.indicator')}</th>
                <th scope="col">{t('assess:whatif.one_before')}</th>
                <th scope="col">{t('assess:whatif.one_after')}</th>
              </tr>
            </thead>
            <tbody>
              {data.after.indicators.map((after) => {
                const before = data.before.indicators.find((each) => each.code === after.code)
                const moved = before?.state !== after.state
                return (
                  <tr key={after.code} className={moved ? 'wi-one-moved' : undefined}>
                    <th scope="row">{say(after.label)}</th>
                    <td>{before && <State state={before.state} word={t(`assess:state.${before.state}`)} />}</td>
                    <td>
                      <State state={after.state} word={t(`assess:state.${after.state}`)} />
                      {moved && <span className="d-says">{say(after.reason)}</span>}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
