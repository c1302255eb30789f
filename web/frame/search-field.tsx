import { TextInput } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Icon } from '#ui/icons.tsx'
import { useWords } from '#ui/words.tsx'
import { useSessionOrNull } from '../people/session.tsx'
import { roomRoutes } from '../rooms.ts'
import { useSharedView } from '../view/use-view.ts'
import { carryView, writeSearch } from '../view/view.ts'
import type { SharedView } from '../view/view.ts'

/** Looks for a household by name, the ending of an ID, or its code; `/` puts the cursor in it. */
export function SearchField() {
  const [view] = useSharedView()
  // A new search in the address starts the field anew.
  return <Field key={view.q ?? ''} view={view} />
}

function Field({ view }: { view: SharedView }) {
  const t = useWords()
  const router = useRouter()
  const [text, setText] = useState(view.q ?? '')
  const field = useRef<HTMLInputElement>(null)
  const actions: readonly string[] = useSessionOrNull()?.actions ?? []
  // Where a search would lead to a refusal, there is none to make.
  const target = roomRoutes.find((route) => route.search && (!route.action || actions.includes(route.action)))
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== '/' || (event.target as HTMLElement).closest('input,textarea,select,[contenteditable=true]'))
        return
      event.preventDefault()
      field.current?.focus()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
  if (!target) return <div className="s-search" />
  return (
    <form
      role="search"
      aria-label={t('frame.search')}
      className="s-search"
      onSubmit={(event) => {
        event.preventDefault()
        router.history.push(carryView(`${target.path}${writeSearch({ q: text.trim() })}`, { ...view }))
      }}
    >
      <TextInput
        ref={field}
        type="search"
        aria-label={t('frame.search')}
        placeholder={t('frame.search_hint')}
        leftSection={<Icon name="search" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  )
}
