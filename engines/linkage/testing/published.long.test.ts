import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { bestThreshold, evaluate } from '../evaluate.ts'
import { dedupe, link } from '../link.ts'
import { latinPersonModel } from '../models/latin-person.ts'

const REFERENCE = new URL('../../../../shared/reference/linkage/', import.meta.url)
const here = existsSync(REFERENCE)
if (!here) console.warn('skipped: ../shared/reference/linkage is not here (FEBRL 3 and 4, fake_1000)')

type Row = Record<string, string>
const read = (file: string): Row[] => {
  const text = readFileSync(new URL(file, REFERENCE), 'utf8').replace(/^\ufeff/, '')
  return parse(text, { columns: (header: string[]) => header.map((h) => h.trim()), trim: true })
}
/** All pairs of one list that share the true entity. */
const pairsWithin = (rows: Row[], id: string, entity: (row: Row) => string) =>
  [...Map.groupBy(rows, entity).values()].flatMap((group) =>
    group.flatMap((a, i) => group.slice(i + 1).map((b) => ({ left_id: a[id]!, right_id: b[id]! }))),
  )
const entity = (row: Row) => row.rec_id!.split('-')[1]!

// Floors lie a little below what was measured on 2026-11-23: F1 .9997, .9969 and .758 at the best threshold, which labels
// choose. The blocking rules of the Latin model were widened after looking at pairs that FEBRL 3 and 4 missed, so these
// are regression floors, not held-out accuracy; nor a comparison with Splink, whose published runs block by other rules.
describe.skipIf(!here)('published labelled data', () => {
  const febrl = latinPersonModel({
    given_name: 'given_name',
    surname: 'surname',
    birth_date: 'date_of_birth',
    number: 'soc_sec_id',
    street: 'address_1',
    place: 'suburb',
    postcode: 'postcode',
  })

  it('FEBRL 4: 5,000 against 5,000', async () => {
    const [left, right] = [read('febrl/dataset4a.csv'), read('febrl/dataset4b.csv')]
    const of = new Map(right.map((row) => [entity(row), row.rec_id!]))
    const truth = left.map((row) => ({ left_id: row.rec_id!, right_id: of.get(entity(row))! }))
    const { links } = await link({ left, right }, febrl, { id_column: 'rec_id' })
    const [sure] = evaluate(
      links.filter((x) => x.band === 'accept'),
      truth,
      [0],
    )
    const best = bestThreshold(links, truth)
    console.info('FEBRL 4', best, 'accepted', sure)
    expect(best.f1).toBeGreaterThanOrEqual(0.9995)
    expect(sure!.precision).toBe(1)
    expect(sure!.recall).toBeGreaterThanOrEqual(0.998)
  })

  it('FEBRL 3: 5,000 records, up to 6 of one person', async () => {
    const rows = read('febrl/dataset3.csv')
    const truth = pairsWithin(rows, 'rec_id', entity)
    expect(truth).toHaveLength(6538)
    const { links } = await dedupe(rows, febrl, { id_column: 'rec_id', least_weight: -10 })
    const best = bestThreshold(links, truth, true)
    console.info('FEBRL 3', best)
    expect(best.f1).toBeGreaterThanOrEqual(0.995)
  })

  it('fake_1000: few columns, many slips', async () => {
    const rows = read('splink_datasets/fake_1000.csv')
    const truth = pairsWithin(rows, 'unique_id', (row) => row.cluster!)
    expect(truth).toHaveLength(2031)
    const model = latinPersonModel({
      given_name: 'first_name',
      surname: 'surname',
      birth_date: 'dob',
      place: 'city',
      email: 'email',
    })
    const { links } = await dedupe(rows, model, { id_column: 'unique_id', least_weight: -10 })
    const best = bestThreshold(links, truth, true)
    console.info('fake_1000', best)
    expect(best.f1).toBeGreaterThanOrEqual(0.7)
  })
})
