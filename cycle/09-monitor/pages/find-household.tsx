import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '#ui/words.tsx'
import { api, call, useNamed } from '#web/client.ts'

/** Whoever tells of a change says a name; the number stands beside it to tell namesakes apart. */
export function FindHousehold(props: { household: string; onChoose: (household_id: string | undefined) => void }) {
  const t = useWords()
  const named = useNamed()
  const [typed, setTyped] = useState(props.household)
  // The household that was chosen stays in the list: its whole line, once in the field, is no search.
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null)
  const q = useDebouncedValue(typed === chosen?.label ? '' : typed.trim(), 250)[0]
  const found = useQuery({
    queryKey: ['monitor', 'find', q],
    queryFn: () => call(api.api.see.search.$get({ query: { q, limit: '12' } })),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })
  const heard = (q === '' ? [] : (found.data?.items ?? [])).map((each) => ({
    value: each.household_id,
    label: [each.head_name, each.village && named(each.village), each.household_id].filter(Boolean).join(' · '),
  }))
  const options = chosen && !heard.some((each) => each.value === chosen.value) ? [chosen, ...heard] : heard
  return (
    <Select
      label={t('monitor:tell.who')}
      placeholder={t('monitor:tell.who_text')}
      data={options}
      // The server has searched already, and knows more of a household than stands in its line.
      filter={({ options: all }) => all}
      value={options.some((each) => each.value === props.household) ? props.household : null}
      onChange={(value) => {
        setChosen(options.find((each) => each.value === value) ?? null)
        props.onChoose(value ?? undefined)
      }}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={q === '' || found.isFetching ? undefined : t('monitor:tell.nobody')}
      searchable
      clearable
      maw={480}
      mb="md"
    />
  )
}
