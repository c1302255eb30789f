import { useMediaQuery } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { Skeleton } from '@mantine/core'
import { formatNumber } from '../format.ts'
import { Empty, ProblemView } from '../state/problem.tsx'
import { TableCards } from './cards.tsx'
import { TableGrid } from './grid.tsx'
import { TableLines } from './lines.tsx'
import { useReader } from '../words.tsx'
import './table.css'

export type Column<Row> = {
  key: string
  label: string
  /** What the column sorts by, and shows where `cell` is not given. */
  value?: (row: Row) => string | number | boolean | null | undefined
  cell?: (row: Row) => ReactNode
  /** `end` for numbers. */
  align?: 'start' | 'end'
  /** Pixels; columns without one share what is left. */
  width?: number
  sortable?: boolean
  /** Title of the card on the phone and name of the row for screen readers; the first column unless said. */
  primary?: boolean
  /** Left out of the card on the phone. */
  desk_only?: boolean
}

export type Sort = { key: string; down: boolean }

/** What the three forms of the table are given: rows that are known. */
export type ShownTable<Row> = Omit<TableProps<Row>, 'rows'> & { rows: Row[] }

export type TableProps<Row> = {
  /** Names the table for screen readers. */
  caption: string
  /** Undefined until they are known: the table then waits, and never says that there are none. */
  rows: Row[] | undefined
  columns: Column<Row>[]
  rowKey: (row: Row) => string
  /** Where the row leads; its primary cell becomes a link, Enter and a click follow it. */
  href?: (row: Row) => string
  onOpen?: (row: Row) => void
  /** Key of the row chosen elsewhere (a map, a chart): marked and brought into view. */
  selected?: string | null
  onSelect?: (key: string) => void
  hovered?: string | null
  onHover?: (key: string | null) => void
  sort?: Sort | null
  /** Given: the server sorts and `rows` come in order. Absent: the table sorts what it has. */
  onSort?: (sort: Sort) => void
  /** How many rows there are in all, where `rows` may be the first of them; the table sorts only what is whole. */
  total?: number
  loading?: boolean
  error?: unknown
  onRetry?: () => void
  empty?: { title: string; text?: ReactNode; action?: ReactNode }
  /** Greatest height in pixels before the table scrolls in itself; 560 unless said. */
  height?: number
  /** Second line of a row on the phone: given, the phone shows two lines a row in place of a card. */
  line?: (row: Row) => ReactNode
  /** Key of the column that stands at the end of the first line there. */
  line_end?: string
  /** Called when the last rows come near, to load more. */
  onEnd?: () => void
}

/** One and the same while nothing is known, so that nothing is sorted anew. */
const no_rows: never[] = []

/** Rows under a header that stays: virtualised beyond 60 rows, sortable, moved through by keyboard, cards on the phone. */
export function Table<Row>(given: TableProps<Row>) {
  const known = given.rows !== undefined
  const props = { ...given, rows: given.rows ?? no_rows }
  const { words: t, locale } = useReader()
  const phone = useMediaQuery('(max-width: 40em)', false, { getInitialValueInEffect: false })
  const [own, setOwn] = useState<Sort | null>(props.sort ?? null)
  // Part of a list in an order of its own would be taken for the whole in that order.
  const part =
    !props.onSort && (props.total === undefined ? props.onEnd !== undefined : props.rows.length < props.total)
  const columns = part ? props.columns.map((column) => ({ ...column, sortable: false })) : props.columns
  const sort = part ? null : props.onSort ? (props.sort ?? null) : own
  const rows = useMemo(
    () => (props.onSort ? props.rows : sortRows(props.rows, columns, sort, locale)),
    [props.rows, columns, props.onSort, sort, locale],
  )
  if (props.error) return <ProblemView error={props.error} onRetry={props.onRetry} />
  if (!known || (props.loading && rows.length === 0)) return <TableSkeleton label={t('ui.loading')} />
  const total = props.total ?? (props.onEnd ? undefined : rows.length)
  if (rows.length === 0) {
    return (
      <div data-total={total ?? 0}>
        <Empty {...(props.empty ?? { title: t('ui.table.empty') })} />
      </div>
    )
  }
  const shown = { ...props, columns, rows, sort, onSort: props.onSort ?? setOwn }
  const list = !phone ? (
    <TableGrid {...shown} />
  ) : props.line ? (
    <TableLines {...shown} line={props.line} />
  ) : (
    <TableCards {...shown} />
  )
  return (
    <div data-total={total}>
      {list}
      {total !== undefined && rows.length < total && (
        <p className="d-says d-num">
          {t('ui.table.first', { n: formatNumber(rows.length, locale, 0), all: formatNumber(total, locale, 0) })}
        </p>
      )}
    </div>
  )
}

/** A sorted copy; what is not known goes last in either direction. Words follow the reader's alphabet (pinyin in Chinese). */
export function sortRows<Row>(rows: Row[], columns: Column<Row>[], sort: Sort | null, locale: string): Row[] {
  const value = columns.find((c) => c.key === sort?.key)?.value
  if (!sort || !value) return rows
  const collator = new Intl.Collator(locale, { numeric: true })
  const sign = sort.down ? -1 : 1
  return rows
    .map((row) => ({ row, v: value(row) }))
    .sort((a, b) => {
      const blank = Number(isBlank(a.v)) - Number(isBlank(b.v))
      if (blank !== 0 || isBlank(a.v)) return blank
      if (typeof a.v === 'string' || typeof b.v === 'string') return sign * collator.compare(String(a.v), String(b.v))
      return sign * (Number(a.v) - Number(b.v))
    })
    .map(({ row }) => row)
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (typeof value === 'number' && Number.isNaN(value))
}

function TableSkeleton(props: { label: string }) {
  return (
    <div role="status" aria-label={props.label} className="d-table-skeleton">
      {Array.from({ length: 8 }, (_, i) => (
        <Skeleton key={i} height={16} width={`${92 - ((i * 17) % 40)}%`} radius="sm" />
      ))}
    </div>
  )
}
