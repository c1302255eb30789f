import { Checkbox } from '@mantine/core'
import { useRef } from 'react'
import type { MouseEvent, ReactNode } from 'react'
import { formatNumber } from '../format.ts'
import { TextLink, useReader } from '../words.tsx'
import './decide.css'

/** One of those a decision is about: a family by its name, so that nobody decides on a number. */
export type Person = {
  key: string
  name: string
  /** Number, village: what tells namesakes apart. */
  says?: ReactNode
  /** The place the list is grouped by. */
  place?: string
  href?: string
}

type Chosen = ReadonlySet<string>

/** What is chosen at the start: nobody, unless there is only one to decide on. */
export const chosenAtFirst = (people: readonly Person[]): Chosen =>
  new Set(people.length === 1 ? people.map((each) => each.key) : [])

/** Those between two rows, ends included, where both are there: what a click with shift chooses. */
export function between(people: readonly Person[], from: string, to: string): string[] {
  const [a, b] = [from, to].map((key) => people.findIndex((each) => each.key === key)) as [number, number]
  return a < 0 || b < 0 ? [] : people.slice(Math.min(a, b), Math.max(a, b) + 1).map((each) => each.key)
}

/**
 * The people a decision is about, chosen row by row; with shift, a range. `by_place` puts a box on each place's heading
 * too: only for steps that take nothing from anybody. There is no box for all.
 */
export function Choose(props: {
  label: string
  people: readonly Person[]
  chosen: Chosen
  onChange: (chosen: Chosen) => void
  by_place?: boolean
  /** What is asked of one that is chosen: a reason. */
  children?: (person: Person) => ReactNode
}) {
  const { words: t, locale } = useReader()
  const { people, chosen, onChange } = props
  const last = useRef<string | null>(null)
  const set = (keys: readonly string[], on: boolean) => {
    const next = new Set(chosen)
    for (const key of keys)
      if (on) next.add(key)
      else next.delete(key)
    onChange(next)
  }
  const click = (key: string, event: MouseEvent) => {
    const range = event.shiftKey && last.current !== null ? between(people, last.current, key) : [key]
    last.current = key
    set(range, !chosen.has(key))
  }
  const places = [...Map.groupBy(people, (each) => each.place ?? '')]
  return (
    <fieldset className="d-choose">
      <legend>
        {props.label}{' '}
        <span className="d-says d-num" role="status">
          {t('ui.choose.chosen', {
            n: formatNumber(chosen.size, locale, 0),
            all: formatNumber(people.length, locale, 0),
          })}
        </span>
      </legend>
      {places.map(([place, own]) => (
        <div key={place} className="d-choose-place">
          {place !== '' && (places.length > 1 || props.by_place) && (
            <div className="d-choose-head">
              {props.by_place && own.length > 1 ? (
                <Checkbox
                  label={t('ui.choose.place', { place, n: formatNumber(own.length, locale, 0) })}
                  iconColor="var(--paper)"
                  checked={own.every((each) => chosen.has(each.key))}
                  indeterminate={own.some((each) => chosen.has(each.key)) && !own.every((each) => chosen.has(each.key))}
                  onChange={(event) =>
                    set(
                      own.map((each) => each.key),
                      event.currentTarget.checked,
                    )
                  }
                />
              ) : (
                place
              )}
            </div>
          )}
          <ul>
            {own.map((each) => (
              <li key={each.key} data-chosen={chosen.has(each.key)}>
                <Checkbox
                  aria-label={t('ui.choose.one', { name: each.name })}
                  iconColor="var(--paper)"
                  checked={chosen.has(each.key)}
                  onChange={() => undefined}
                  onClick={(event) => click(each.key, event)}
                />
                <div>
                  {each.href ? (
                    <TextLink href={each.href} target="_blank">
                      {each.name}
                    </TextLink>
                  ) : (
                    <b>{each.name}</b>
                  )}{' '}
                  {each.says !== undefined && <span className="d-says">{each.says}</span>}
                  {chosen.has(each.key) && props.children?.(each)}
                </div>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </fieldset>
  )
}
