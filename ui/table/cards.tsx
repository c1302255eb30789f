import { NativeSelect } from '@mantine/core'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { cellOf } from './grid.tsx'
import type { ShownTable } from './table.tsx'
import { TextLink, useWords } from '../words.tsx'

/** The table on the phone: one card a row, scrolled with the page, with the sorting as a choice above. Called by Table. */
export function TableCards<Row>(props: ShownTable<Row>) {
  const t = useWords()
  const { rows, columns, rowKey } = props
  const list = useRef<HTMLDivElement>(null)
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => {
    if (list.current) setOffset(list.current.getBoundingClientRect().top + window.scrollY)
  }, [])
  // The rule is for code compiled by React Compiler, which this project does not use.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 124,
    overscan: 6,
    scrollMargin: offset,
    gap: 8,
  })
  const items = virtual.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0
  const onEnd = props.onEnd
  useEffect(() => {
    if (onEnd && lastIndex >= rows.length - 8) onEnd()
  }, [lastIndex, rows.length, onEnd])

  const title = columns.find((c) => c.primary) ?? columns[0]
  const rest = columns.filter((c) => c !== title && !c.desk_only)
  const sortable = columns.filter((c) => c.sortable ?? Boolean(c.value))
  if (!title) return null
  return (
    <div>
      {sortable.length > 0 && rows.length > 3 && (
        <NativeSelect
          label={t('ui.table.sort')}
          value={props.sort ? `${props.sort.key}:${props.sort.down ? 'down' : 'up'}` : ''}
          onChange={(event) => {
            const [key, direction] = event.currentTarget.value.split(':')
            if (key) props.onSort?.({ key, down: direction === 'down' })
          }}
          data={[
            { value: '', label: t('ui.table.as_given') },
            ...sortable.flatMap((c) => [
              { value: `${c.key}:up`, label: t('ui.table.up', { column: c.label }) },
              { value: `${c.key}:down`, label: t('ui.table.down', { column: c.label }) },
            ]),
          ]}
          mb={8}
        />
      )}
      <div
        ref={list}
        role="list"
        aria-label={props.caption}
        className="d-cards"
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index] as Row
          const key = rowKey(row)
          const act = props.onOpen ?? (props.onSelect ? () => props.onSelect?.(key) : undefined)
          return (
            <div
              key={key}
              role="listitem"
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              ref={virtual.measureElement}
              data-index={item.index}
              className={`d-table-card d-card ${key === props.selected ? 'd-chosen' : ''}`}
              style={{ transform: `translateY(${item.start - virtual.options.scrollMargin}px)` }}
            >
              <div className="d-table-card-title">
                {props.href ? (
                  <TextLink href={props.href(row)}>{cellOf(title, row)}</TextLink>
                ) : act ? (
                  <button type="button" onClick={() => act(row)}>
                    {cellOf(title, row)}
                  </button>
                ) : (
                  cellOf(title, row)
                )}
              </div>
              <dl>
                {rest.map((column) => (
                  <div key={column.key}>
                    <dt>{column.label}</dt>
                    <dd className="d-num">{cellOf(column, row)}</dd>
                  </div>
                ))}
              </dl>
            </div>
          )
        })}
      </div>
    </div>
  )
}
