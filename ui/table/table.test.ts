import { expect, test } from 'vitest'
import { paceOf } from '../decide/queue-state.ts'
import { sortRows } from './table.tsx'
import type { Column } from './table.tsx'

type Row = { name: string; income: number | null }
const columns: Column<Row>[] = [
  { key: 'name', label: 'Name', value: (r) => r.name },
  { key: 'income', label: 'Income', value: (r) => r.income },
]
const rows: Row[] = [
  { name: '张三', income: null },
  { name: '李四', income: 900 },
  { name: '王五', income: 10000 },
]
const names = (key: string, down: boolean) => sortRows(rows, columns, { key, down }, 'zh-CN').map((r) => r.name)

test('what is not known goes last whichever way one sorts', () => {
  expect(names('income', false)).toEqual(['李四', '王五', '张三'])
  expect(names('income', true)).toEqual(['王五', '李四', '张三'])
})

test('Chinese names sort by pinyin', () => {
  expect(names('name', false)).toEqual(['李四', '王五', '张三'])
})

test('sorting leaves the given rows alone', () => {
  const before = [...rows]
  names('income', true)
  expect(rows).toEqual(before)
})

test('pace is the mean time between decisions, once there are three', () => {
  expect(paceOf([0, 4000])).toBeNull()
  expect(paceOf([0, 4000, 12000])).toBe(6)
})
