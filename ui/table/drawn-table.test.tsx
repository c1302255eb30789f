import { describe, expect, test } from 'vitest'
import { draw } from '../testing/draw.tsx'
import { Table, type Column, type TableProps } from './table.tsx'

type Row = { id: string; name: string; income: number | null }
const rows: Row[] = [
  { id: 'h1', name: 'Zhong', income: 900 },
  { id: 'h2', name: 'Liu', income: null },
  { id: 'h3', name: 'Chen', income: 10_000 },
]
const columns: Column<Row>[] = [
  { key: 'name', label: 'Name', value: (row) => row.name },
  { key: 'income', label: 'Income', value: (row) => row.income, align: 'end' },
]
const drawn = (props: Partial<TableProps<Row>> = {}) =>
  draw(<Table caption="Households" rows={rows} columns={columns} rowKey={(row) => row.id} {...props} />)
const names = (props: Partial<TableProps<Row>>) => drawn(props).texts('th', { scope: 'row' })

describe('before the rows are known', () => {
  test('it waits, and says neither none nor a number', () => {
    for (const props of [{ rows: undefined }, { rows: [], loading: true }]) {
      const table = drawn(props)
      expect(table.one('div', { role: 'status' }).attributes['aria-label']).toBe('ui.loading')
      expect(table.text).toBe('')
      expect(table.has('*', { 'data-total': true })).toBe(false)
    }
  })

  test('rows that are there stay while more are loaded', () => {
    expect(names({ loading: true })).toEqual(['Zhong', 'Liu', 'Chen'])
  })

  test('a problem is told in its own words, whatever else is known', () => {
    const table = drawn({ error: { title: 'No right', code: 'forbidden' }, onRetry: () => undefined })
    expect(table.one('section', { role: 'alert' }).text).toContain('No right')
    expect(table.one('button').text).toBe('ui.retry')
    expect(table.has('table')).toBe(false)
  })
})

describe('none', () => {
  test('is said once it is known, in the words of the list', () => {
    expect(drawn({ rows: [] }).text).toBe('ui.table.empty')
    const own = drawn({ rows: [], empty: { title: 'Nobody waits', text: 'All are decided.' } })
    expect(own.text).toBe('Nobody waitsAll are decided.')
    expect(own.one('div', { 'data-total': '0' }).text).toBe(own.text)
  })
})

describe('the rows', () => {
  test('each value in its place; what is not known is a dash', () => {
    const table = drawn()
    expect(table.one('caption').text).toBe('Households')
    expect(table.texts('th', { scope: 'col' })).toEqual(['Name', 'Income'])
    expect(table.texts('td')).toEqual(['900', '—', '10000'])
    expect(table.one('div', { 'data-total': '3' })).toBeDefined()
    expect(table.one('table').attributes['aria-rowcount']).toBe('4')
  })

  test('a column draws its own cell', () => {
    const own = columns.map((column) => ({ ...column, cell: (row: Row) => `[${row.id}]` }))
    expect(drawn({ columns: own }).texts('td')).toEqual(['[h1]', '[h2]', '[h3]'])
  })

  test('the primary cell leads to the row: the first, unless another is said', () => {
    const href = (row: Row) => `/households/${row.id}`
    expect(
      drawn({ href })
        .all('a')
        .map((a) => [a.text, a.attributes['href']]),
    ).toEqual([
      ['Zhong', '/households/h1'],
      ['Liu', '/households/h2'],
      ['Chen', '/households/h3'],
    ])
    const second = columns.map((column) => ({ ...column, primary: column.key === 'income' }))
    expect(drawn({ href, columns: second }).texts('a')).toEqual(['900', '—', '10000'])
    expect(drawn().has('a')).toBe(false)
  })

  test('the chosen one is marked, and only where rows open are they shown to', () => {
    const table = drawn({ selected: 'h2', onSelect: () => undefined })
    expect(table.one('tr', { 'aria-current': 'true' }).text).toContain('Liu')
    expect(table.all('tr').filter((row) => row.attributes['class']?.includes('d-opens'))).toHaveLength(3)
    expect(
      drawn()
        .all('tr')
        .some((row) => row.attributes['class']?.includes('d-opens')),
    ).toBe(false)
  })

  test('one row can be reached by the keyboard, the first', () => {
    expect(
      drawn()
        .all('tr', { tabindex: '0' })
        .map((row) => row.attributes['data-index']),
    ).toEqual(['0'])
  })

  test('60 rows are written out whole, beyond that only what is in view', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => ({ id: `h${i}`, name: `n${i}`, income: i }))
    expect(names({ rows: many(60) })).toHaveLength(60)
    expect(names({ rows: many(61) }).length).toBeLessThan(61)
    expect(drawn({ rows: many(61) }).one('table').attributes['aria-rowcount']).toBe('62')
  })
})

describe('order', () => {
  test('the table sorts what is whole, and says by what', () => {
    expect(names({})).toEqual(['Zhong', 'Liu', 'Chen'])
    expect(names({ sort: { key: 'name', down: false } })).toEqual(['Chen', 'Liu', 'Zhong'])
    // Not known goes last either way.
    expect(names({ sort: { key: 'income', down: true } })).toEqual(['Chen', 'Zhong', 'Liu'])
    const sorted = drawn({ sort: { key: 'income', down: true } })
    expect(sorted.one('th', { 'aria-sort': true }).attributes['aria-sort']).toBe('descending')
    expect(drawn({ sort: { key: 'name', down: false } }).one('th', { 'aria-sort': 'ascending' }).text).toBe('Name')
  })

  test('where the server sorts, rows stay as they came', () => {
    const props = { sort: { key: 'name', down: false }, onSort: () => undefined }
    expect(names(props)).toEqual(['Zhong', 'Liu', 'Chen'])
    expect(drawn(props).one('th', { 'aria-sort': 'ascending' }).text).toBe('Name')
  })

  test('part of a list is not sorted and offers no sorting: it would be taken for the whole', () => {
    for (const props of [{ total: 4 }, { onEnd: () => undefined }]) {
      const table = drawn({ ...props, sort: { key: 'name', down: false } })
      expect(table.texts('th', { scope: 'row' })).toEqual(['Zhong', 'Liu', 'Chen'])
      expect(table.has('button')).toBe(false)
      expect(table.has('th', { 'aria-sort': true })).toBe(false)
    }
    expect(drawn({ total: 3 }).texts('button')).toEqual(['Name', 'Income'])
    // The server sorts the whole of it.
    expect(drawn({ total: 4, onSort: () => undefined }).texts('button')).toEqual(['Name', 'Income'])
  })

  test('part of a list says how many there are', () => {
    expect(drawn({ total: 1204 }).text).toContain('ui.table.first n=3 all=1,204')
    expect(drawn({ total: 1204 }).has('div', { 'data-total': '1204' })).toBe(true)
    expect(drawn({ total: 3 }).text).not.toContain('ui.table.first')
    // Where more follow and nobody knows how many, no number is given.
    expect(drawn({ onEnd: () => undefined }).has('*', { 'data-total': true })).toBe(false)
  })

  test('a column that has no value, or says so, is not sorted by', () => {
    const plain: Column<Row>[] = [
      { key: 'a', label: 'A', cell: (row) => row.name },
      { key: 'b', label: 'B', value: (row) => row.name, sortable: false },
      { key: 'c', label: 'C', value: (row) => row.name },
    ]
    expect(drawn({ columns: plain }).texts('button')).toEqual(['C'])
  })
})
