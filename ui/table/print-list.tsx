import { Button } from '@mantine/core'
import { useState } from 'react'
import { createPortal, flushSync } from 'react-dom'
import type { ReactNode } from 'react'
import { formatDate, formatNumber } from '../format.ts'
import { Icon } from '../icons.tsx'
import { ProblemView } from '../state/problem.tsx'
import { cellOf } from './grid.tsx'
import type { Column } from './table.tsx'
import { useReader } from '../words.tsx'
import '../print.css'

type Page<Row> = { items: Row[]; next: string | null | undefined }

/**
 * Prints a list whole: every page of it is fetched first, then every row stands on paper under a head that each sheet
 * repeats, with its number and how many there are. Nothing else of the screen is printed.
 */
export function PrintList<Row>(props: {
  title: string
  /** Place and filters, in words. */
  says?: ReactNode
  columns: Column<Row>[]
  rowKey: (row: Row) => string
  load: (after: string | undefined) => Promise<Page<Row>>
}) {
  const { words: t, locale, today } = useReader()
  const [got, setGot] = useState<number | null>(null)
  const [rows, setRows] = useState<Row[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const print = async () => {
    setError(null)
    try {
      const all: Row[] = []
      let after: string | undefined
      do {
        setGot(all.length)
        const page = await props.load(after)
        all.push(...page.items)
        after = page.next ?? undefined
      } while (after)
      flushSync(() => setRows(all))
      window.print()
    } catch (problem) {
      setError(problem)
    } finally {
      setGot(null)
      setRows(null)
    }
  }
  return (
    <>
      <Button
        className="d-screen"
        variant="default"
        leftSection={<Icon name="print" />}
        loading={got !== null && got === 0}
        disabled={got !== null}
        onClick={() => void print()}
      >
        {got ? t('ui.print_fetching', { n: formatNumber(got, locale, 0) }) : t('ui.print_all')}
      </Button>
      {error !== null && <ProblemView error={error} />}
      {rows !== null &&
        createPortal(
          <div className="d-paper">
            <h1>{props.title}</h1>
            <p>
              {props.says} · {t('ui.print_rows', { n: formatNumber(rows.length, locale, 0) })} ·{' '}
              {formatDate(today, locale)}
            </p>
            <table>
              <thead>
                <tr>
                  <th scope="col">#</th>
                  {props.columns.map((column) => (
                    <th key={column.key} scope="col" data-align={column.align}>
                      {column.label}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row, index) => (
                  <tr key={props.rowKey(row)}>
                    <td>{index + 1}</td>
                    {props.columns.map((column) => (
                      <td key={column.key} data-align={column.align}>
                        {cellOf(column, row)}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>,
          document.body,
        )}
    </>
  )
}
