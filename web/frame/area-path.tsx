import { Popover, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Icon } from '#ui/icons.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call } from '../api.ts'
import { useArea } from '../area.ts'
import { useNamed } from './reader.tsx'
import { useSession } from '../people/session.tsx'
import './area-path.css'

/** Where we are, from the nation down. Each name goes there; the last opens what lies below and a search of all areas. */
export function AreaPath() {
  const t = useWords()
  const named = useNamed()
  const { found, choose } = useArea()
  const [open, setOpen] = useState(false)
  if (!found) return <div className="s-area" />
  const go = (code: string) => {
    choose(code)
    setOpen(false)
  }
  return (
    <nav className="s-area" aria-label={t('frame.area')}>
      <ol>
        {found.ancestors.map((area) => (
          <li key={area.area_code} className="s-area-above">
            <button type="button" onClick={() => go(area.area_code)}>
              {named(area.name)}
            </button>
          </li>
        ))}
        <li>
          <Popover opened={open} onChange={setOpen} position="bottom-start" width={320} trapFocus>
            <Popover.Target>
              <button
                type="button"
                className="s-area-here"
                aria-haspopup="dialog"
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                <span>{named(found.area.name)}</span>
                <Icon name="chevron" size={16} />
              </button>
            </Popover.Target>
            <Popover.Dropdown p={12} aria-label={t('frame.choose_area')}>
              <AreaPicker onChoose={go} />
            </Popover.Dropdown>
          </Popover>
        </li>
      </ol>
    </nav>
  )
}

function AreaPicker(props: { onChoose: (code: string) => void }) {
  const t = useWords()
  const named = useNamed()
  const { found } = useArea()
  const { scope } = useSession()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const within = scope[0] && scope[0] !== '*' ? { within: scope[0] } : {}
  const hits = useQuery({
    queryKey: ['areas', search, within],
    queryFn: () => call(api.api.areas.$get({ query: { search, limit: '30', ...within } })),
    enabled: search.length > 0,
  })
  const areas = search ? (hits.data?.areas ?? []) : (found?.children ?? [])
  return (
    <div className="s-picker">
      <TextInput
        data-autofocus
        type="search"
        label={t('frame.find_area')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {!search && found && found.ancestors.length > 0 && (
        <ul className="s-picker-above">
          {found.ancestors.map((area) => (
            <li key={area.area_code}>
              <button type="button" onClick={() => props.onChoose(area.area_code)}>
                {named(area.name)}
              </button>
            </li>
          ))}
        </ul>
      )}
      <ul className="s-picker-list">
        {areas.map((area) => (
          <li key={area.area_code}>
            <button type="button" onClick={() => props.onChoose(area.area_code)}>
              <span>{named(area.name)}</span>
              <small className="d-num">{area.area_code}</small>
            </button>
          </li>
        ))}
      </ul>
      {areas.length === 0 && !hits.isFetching && <p>{t(search ? 'frame.no_area' : 'frame.no_below')}</p>}
    </div>
  )
}
