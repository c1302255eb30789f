import { Button } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { cellOf } from './grid.tsx'
import type { Column, ShownTable } from './table.tsx'
import { TextLink, useWords } from '../words.tsx'

/** A dozen fits two screens of a phone; the rest is one touch away. */
const FIRST = 12

/** The table on the phone in its shortest form: two lines a row, the first dozen until all are asked for. Called by Table. */
export function TableLines<Row>(props: ShownTable<Row> & { line: (row: Row) => ReactNode }) {
  const t = useWords()
  const [all, setAll] = useState(false)
  const { rows, columns, rowKey } = props
  const title = columns.find((column) => column.primary) ?? (columns[0] as Column<Row>)
  const end = columns.find((column) => column.key === props.line_end)
  const shown = all ? rows : rows.slice(0, FIRST)
  return (
    <>
      <ul className="d-lines" aria-label={props.caption}>
        {shown.map((row) => {
          const key = rowKey(row)
          return (
            <li key={key} className={key === props.selected ? 'd-chosen' : undefined}>
              <span className="d-line-title">
                {props.href ? <TextLink href={props.href(row)}>{cellOf(title, row)}</TextLink> : cellOf(title, row)}
              </span>
              {end && (
                <b className="d-num">
                  <span className="d-hidden">{end.label} </span>
                  {cellOf(end, row)}
                </b>
              )}
              <span className="d-says d-num">{props.line(row)}</span>
            </li>
          )
        })}
      </ul>
      {shown.length < rows.length && (
        <Button variant="default" fullWidth onClick={() => setAll(true)}>
          {t('ui.table.all', { n: rows.length })}
        </Button>
      )}
    </>
  )
}
