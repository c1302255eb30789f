import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadPack } from '../load.ts'
import { rulebookOf } from '../rulebook.ts'
import { answerLabel } from './field-label.ts'

test('an answer that a rule lacks has the words of the form, with the line of the member on the card', async () => {
  const { pack } = await loadPack(fileURLToPath(new URL('../china-2014', import.meta.url)))
  if (!pack) throw new Error('the pack has faults')
  const book = rulebookOf(pack)
  const { en = '', zh = '' } = answerLabel(book, 'members[2].labour_capacity')
  expect(en).toMatch(/^[A-Z].* \(3\)$/)
  expect(zh).toMatch(/^\p{Script=Han}.* \(3\)$/u)
  expect(answerLabel(book, 'house_grade').en).not.toBe('house_grade')
  // What the form does not have keeps its name.
  expect(answerLabel(book, 'no_such_field').en).toBe('no_such_field')
})
