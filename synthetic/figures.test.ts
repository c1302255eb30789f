import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fillFigures } from './figures.ts'

const text =
  'poor <!--=poor_true-->2,312<!--/-->, precision <!--=precision share-->0.9<!--/--> or <!--=precision percent-->90.0 %<!--/-->'

test('writes what the report has and names what was different', () => {
  const { text: filled, changed } = fillFigures(text, { poor_true: 2312, precision: 0.93588 })
  expect(filled).toBe(
    'poor <!--=poor_true-->2,312<!--/-->, precision <!--=precision share-->0.936<!--/--> or <!--=precision percent-->93.6 %<!--/-->',
  )
  expect(changed).toEqual([
    { name: 'precision', said: '0.9', is: '0.936' },
    { name: 'precision', said: '90.0 %', is: '93.6 %' },
  ])
  expect(fillFigures(filled, { poor_true: 2312, precision: 0.93588 }).changed).toEqual([])
})

test('a figure that the report does not have is an error', () => {
  expect(() => fillFigures(text, { precision: 0.9 })).toThrow('poor_true')
})

test('the README has its figures between marks', () => {
  const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8')
  const names = [...readme.matchAll(/<!--=(\w+)/g)].map((found) => found[1])
  expect(names).toEqual(expect.arrayContaining(['people', 'poor_true', 'precision', 'recall', 'plans', 'exits']))
})
