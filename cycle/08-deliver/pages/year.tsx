import { Group, NumberInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '#ui/words.tsx'

/** Which year is shown; what else is chosen stands beside it. */
export function YearPick(props: { year: number | undefined; onChange: (year: number) => void; children?: ReactNode }) {
  const t = useWords()
  return (
    <Group align="end" mb="md">
      <NumberInput
        label={t('deliver:year')}
        value={props.year ?? ''}
        onChange={(chosen) => {
          if (Number(chosen) >= 2000 && Number(chosen) <= 2100) props.onChange(Number(chosen))
        }}
        min={2000}
        max={2100}
        w={110}
      />
      {props.children}
    </Group>
  )
}
