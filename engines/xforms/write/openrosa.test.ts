import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { formListXml, integrityXml, manifestXml, openRosaHash, openRosaResponse } from './openrosa.ts'
import { elementsOf, parseXml, textOf } from '../xml.ts'

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')
const hash = openRosaHash(md5, '<h:html/>')
const tree = (xml: string) => {
  const parsed = parseXml(xml)
  if ('problem' in parsed) throw new Error(parsed.problem.message)
  return parsed.root
}

test('the form list has what Collect insists on', () => {
  const root = tree(
    formListXml([
      { form_id: 'f', name: 'A & B', version: '1', hash, download_url: 'https://h/f.xml', manifest_url: 'https://h/m' },
      { form_id: 'g', name: 'G', hash, download_url: 'https://h/g.xml' },
    ]),
  )
  expect(root).toMatchObject({ name: 'xforms', attributes: { xmlns: 'http://openrosa.org/xforms/xformsList' } })
  const [first, second] = elementsOf(root).map((form) =>
    Object.fromEntries(elementsOf(form).map((part) => [part.name, textOf(part)])),
  )
  expect(first).toEqual({
    formID: 'f',
    name: 'A & B',
    version: '1',
    hash,
    downloadUrl: 'https://h/f.xml',
    manifestUrl: 'https://h/m',
  })
  expect(second).not.toHaveProperty('manifestUrl')
  expect(hash).toBe(`md5:${md5(new TextEncoder().encode('<h:html/>'))}`)
})

test('what clients would refuse is refused here', () => {
  expect(() => formListXml([{ form_id: 'f', name: 'F', hash, download_url: '/f.xml' }])).toThrow(/absolute/)
  expect(() => formListXml([{ form_id: 'f', name: 'F', hash: 'abc', download_url: 'https://h/f' }])).toThrow(/md5/)
  expect(() => formListXml([{ form_id: 'f', name: '', hash, download_url: 'https://h/f' }])).toThrow(/name/)
  expect(() => openRosaHash(() => 'XYZ', '')).toThrow(/hex/)
})

test('manifest, integrity and response', () => {
  const root = tree(
    manifestXml([
      { filename: 'a.csv', hash, download_url: 'https://h/a', entity_list: { integrity_url: 'https://h/i' } },
      { filename: 'b.jpg', hash, download_url: 'https://h/b' },
    ]),
  )
  const [entities, media] = elementsOf(root)
  expect(entities?.attributes).toEqual({ type: 'entityList' })
  expect(elementsOf(entities ?? root).map((part) => part.name)).toEqual([
    'filename',
    'hash',
    'downloadUrl',
    'integrityUrl',
  ])
  expect(media?.attributes).toEqual({})
  expect(textOf(tree(integrityXml([{ id: 'x', deleted: true }])))).toBe('true')
  expect(textOf(tree(openRosaResponse('Received: <3')))).toBe('Received: <3')
})
