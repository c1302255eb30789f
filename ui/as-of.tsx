import { Button, TextInput } from '@mantine/core'
import { DateText } from './text.tsx'
import { useReader } from './words.tsx'
import './charts/figures.css'

/**
 * Chooses the date a file is shown as of; `null` means now. `stops` are the days something changed (`YYYY-MM-DD`),
 * and the two arrows walk along them.
 */
export function AsOfPicker(props: { value: string | null; onChange: (day: string | null) => void; stops?: string[] }) {
  const { words: t, today } = useReader()
  const stops = [...new Set(props.stops ?? [])].sort()
  const now = props.value ?? today
  const before = stops.filter((day) => day < now).at(-1)
  const after = props.value ? stops.find((day) => day > now) : undefined
  return (
    <div className="d-asof d-screen">
      <TextInput
        type="date"
        label={t('ui.asof.label')}
        value={props.value ?? ''}
        max={today}
        onChange={(event) => props.onChange(event.currentTarget.value || null)}
      />
      {stops.length > 0 && (
        <div className="d-asof-walk">
          <Button variant="default" disabled={!before} onClick={() => before && props.onChange(before)}>
            {t('ui.asof.earlier')}
          </Button>
          <Button variant="default" disabled={!props.value} onClick={() => props.onChange(after ?? null)}>
            {t('ui.asof.later')}
          </Button>
        </div>
      )}
      {props.value && (
        <p role="status" className="d-asof-note">
          {t('ui.asof.note')} <DateText value={props.value} />{' '}
          <button type="button" className="d-text-button" onClick={() => props.onChange(null)}>
            {t('ui.asof.now')}
          </button>
        </p>
      )}
    </div>
  )
}
