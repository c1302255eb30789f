import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { latinPersonModel } from '../models/latin-person.ts'
import { modelJsonSchema, readModel } from './schema.ts'

const file = new URL('model.schema.json', import.meta.url)
const latin = latinPersonModel({ given_name: 'first', surname: 'last', birth_date: 'born', place: 'town' })
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

const faults = (value: unknown) => {
  try {
    readModel(value)
  } catch (error) {
    return error as { code: string; message: string; detail: { errors?: { path: string; message: string }[] } }
  }
  throw new Error('the model was accepted')
}

describe('the model as JSON', () => {
  // to write it anew: node cli/doorstep.js link model --schema > engines/linkage/model.schema.json
  it('model.schema.json is what the code makes', () => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(plain(modelJsonSchema()))
  })

  it('reads the ready models unchanged, and drops what is for editors', () => {
    expect(readModel(plain(chinesePersonModel()))).toEqual(plain(chinesePersonModel()))
    expect(readModel({ $schema: './model.schema.json', ...plain(latin) })).toEqual(plain(latin))
  })

  it('names every unknown, missing and wrong field with its path', () => {
    const model = plain(latin)
    model.comparisons[1].levels[0].frequency = true
    model.comparisons[0].kind = 'sound'
    model.tresholds = {}
    delete model.prior
    const { code, message, detail } = faults(model)
    expect(code).toBe('linkage_bad_model')
    expect(detail.errors!.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['comparisons[1].levels[0].frequency', 'comparisons[0].kind', 'tresholds', 'prior']),
    )
    expect(message).toContain('comparisons[1].levels[0].frequency: There is no such field.')
  })

  it('says what may have been meant', () => {
    const model = plain(latin)
    const [given, family, born] = model.comparisons
    given.colums = given.columns
    delete given.columns
    family.columns = 'last'
    family.kind = 'txt'
    born.levels[0].frequency = 0.1
    model.treshold = model.thresholds
    const { errors } = faults(model).detail
    expect(Object.fromEntries(errors!.map(({ path, message }) => [path, message]))).toEqual({
      'comparisons[0].columns': 'It is missing.',
      'comparisons[0].colums': 'There is no such field. Did you mean "columns"?',
      'comparisons[1].columns': 'It must be a list: ["last"].',
      'comparisons[1].kind': `"txt" is none of exact, text, date, number, digits, prefix, chinese_name, person_id, tests. Did you mean "text"?`,
      'comparisons[2].levels[0].frequency':
        'There is no such field. Fields here: name, m, u, at_least, max_edits, within, length, tests, term_frequency, chance.',
      treshold: 'There is no such field. Did you mean "thresholds"?',
    })
  })

  it('refuses conditions that nothing reads, and levels that nothing reaches', () => {
    const model = plain(latin)
    delete model.comparisons[0].levels[1].at_least
    model.comparisons[1].levels[1].within = 2
    model.comparisons[2].levels[1].max_edits = 1
    expect(faults(model).detail.errors).toEqual([
      {
        path: 'comparisons[0].levels[1]',
        message: 'Level "close" needs at_least or max_edits: no pair would reach it.',
      },
      { path: 'comparisons[1].levels[1].within', message: 'Kind text does not read it, but at_least and max_edits.' },
      { path: 'comparisons[2].levels[1].max_edits', message: 'Kind date does not read it.' },
    ])
  })

  it('refuses what the shape cannot tell', () => {
    const model = plain(latin)
    model.comparisons[0].levels.reverse()
    model.vetoes = [{ comparison: 'surname', levels: ['nowhere'] }]
    expect(faults(model).message).toContain('no level surname.nowhere')
    expect(faults('no model').code).toBe('linkage_bad_model')
  })
})
