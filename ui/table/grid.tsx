import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { flushSync } from 'react-dom'
import { Icon } from '../icons.tsx'
import type { Column, ShownTable } from './table.tsx'
import { TextLink } from '../words.tsx'

/** Below this a table is written out whole: it prints, and the browser's own find works in it. */
const WHOLE = 60
const ROW = 32

/** The table at the desk. Called by Table, which sorts and answers for empty, loading and error. */
export function TableGrid<Row>(props: ShownTable<Row>) {
  const { rows, columns, rowKey, selected } = props
  const box = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const printing = usePrinting()
  const whole = printing || rows.length <= WHOLE
  // The rule is for code compiled by React Compiler, which this project does not use.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    enabled: !whole,
  })
  const items = whole ? rows.map((_, index) => ({ index })) : virtual.getVirtualItems()
  const first = whole ? 0 : (virtual.getVirtualItems()[0]?.start ?? 0)
  const last = whole ? 0 : virtual.getTotalSize() - (virtual.getVirtualItems().at(-1)?.end ?? 0)
  const lastIndex = items.at(-1)?.index ?? 0

  const onEnd = props.onEnd
  useEffect(() => {
    if (onEnd && lastIndex >= rows.length - 20) onEnd()
  }, [lastIndex, rows.length, onEnd])

  const chosen = selected ? rows.findIndex((row) => rowKey(row) === selected) : -1
  useEffect(() => {
    if (chosen < 0) return
    if (whole) {
      const row = box.current?.querySelector<HTMLElement>(`[data-index="${chosen}"]`)
      const view = box.current
      if (row && view && view.scrollHeight > view.clientHeight) {
        view.scrollTop = row.offsetTop - view.clientHeight / 2
      }
    } else virtual.scrollToIndex(chosen, { align: 'auto' })
  }, [chosen, whole, virtual])

  const open = (row: Row) => {
    props.onOpen?.(row)
    props.onSelect?.(rowKey(row))
  }
  const go = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to))
    setActive(index)
    if (!whole) virtual.scrollToIndex(index)
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus())
  }
  // From `active` and not from the row the key came from: keys come faster than the focus follows.
  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 12,
      PageUp: active - 12,
      Home: 0,
      End: rows.length - 1,
    }
    const to = moves[event.key]
    if (to !== undefined) {
      event.preventDefault()
      go(to)
    } else if (event.key === 'Enter' && event.target === event.currentTarget) {
      const link = event.currentTarget.querySelector('a')
      if (link) link.click()
      else open(rows[active] as Row)
    }
  }
  // Columns without a width keep at least this much; below it the table scrolls sideways.
  const least = columns.reduce((sum, column) => sum + (column.width ?? 144), 0)
  const opens = Boolean(props.href || props.onOpen || props.onSelect)
  const inView = items.some((item) => item.index === active)
  return (
    <div className="d-table-box" ref={box} style={{ maxHeight: props.height ?? 560 }}>
      <table className="d-table" aria-rowcount={rows.length + 1} style={{ minWidth: least }}>
        <caption className="d-hidden">{props.caption}</caption>
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={{ width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} table={props} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden style={{ height: first }} />}
          {items.map(({ index }) => {
            const row = rows[index] as Row
            const key = rowKey(row)
            return (
              <tr
                key={key}
                data-index={index}
                ref={whole ? undefined : virtual.measureElement}
                aria-rowindex={index + 2}
                tabIndex={index === active || (!inView && index === items[0]?.index) ? 0 : -1}
                className={`${opens ? 'd-opens' : ''} ${key === selected ? 'd-chosen' : ''} ${key === props.hovered ? 'd-hovered' : ''}`}
                aria-current={key === selected ? 'true' : undefined}
                onFocus={() => setActive(index)}
                onKeyDown={onKey}
                onClick={(event) => {
                  if ((event.target as HTMLElement).closest('a,button,input,label')) return
                  const link = event.currentTarget.querySelector('a')
                  if (link && !props.onOpen && !props.onSelect) link.click()
                  else open(row)
                }}
                onMouseEnter={() => props.onHover?.(key)}
                onMouseLeave={() => props.onHover?.(null)}
              >
                {columns.map((column, i) => (
                  <BodyCell
                    key={column.key}
                    column={column}
                    row={row}
                    primary={isPrimary(columns, column, i)}
                    href={props.href}
                  />
                ))}
              </tr>
            )
          })}
          {last > 0 && <tr aria-hidden style={{ height: last }} />}
        </tbody>
      </table>
    </div>
  )
}

/** True while the page is being printed: paper gets every row that is loaded, not only those drawn. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false)
  useEffect(() => {
    const before = () => flushSync(() => setPrinting(true))
    const after = () => setPrinting(false)
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
    }
  }, [])
  return printing
}

function isPrimary<Row>(columns: Column<Row>[], column: Column<Row>, index: number): boolean {
  return columns.some((c) => c.primary) ? Boolean(column.primary) : index === 0
}

function HeadCell<Row>(props: { column: Column<Row>; table: ShownTable<Row> }) {
  const { column, table } = props
  const sorted = table.sort?.key === column.key
  const sortable = column.sortable ?? Boolean(column.value)
  const className = column.align === 'end' ? 'd-end' : undefined
  if (!sortable)
    return (
      <th scope="col" className={className}>
        {column.label}
      </th>
    )
  const down = sorted ? !table.sort?.down : column.align === 'end'
  return (
    <th
      scope="col"
      className={className}
      aria-sort={sorted ? (table.sort?.down ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" title={column.label} onClick={() => table.onSort?.({ key: column.key, down })}>
        <span>{column.label}</span>
        <i className={sorted ? (table.sort?.down ? 'd-sort' : 'd-sort d-up') : 'd-sort d-off'}>
          <Icon name="chevron" size={14} />
        </i>
      </button>
    </th>
  )
}

function BodyCell<Row>(props: { column: Column<Row>; row: Row; primary: boolean; href?: (row: Row) => string }) {
  const { column, row } = props
  const content = cellOf(column, row)
  const linked =
    props.primary && props.href ? (
      <TextLink tabIndex={-1} href={props.href(row)}>
        {content}
      </TextLink>
    ) : (
      content
    )
  const plain = column.cell ? undefined : String(content ?? '')
  const className = column.align === 'end' ? 'd-end d-num' : undefined
  if (props.primary)
    return (
      <th scope="row" className={className} title={plain}>
        {linked}
      </th>
    )
  return (
    <td className={className} title={plain}>
      {content}
    </td>
  )
}

/** What a column shows of a row: its own cell, or its value, or a dash. */
export function cellOf<Row>(column: Column<Row>, row: Row) {
  if (column.cell) return column.cell(row)
  const value = column.value?.(row)
  return value === null || value === undefined || value === '' ? '—' : String(value)
}
