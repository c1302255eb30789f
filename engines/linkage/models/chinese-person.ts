import { DEFAULT_HOUSEHOLDS } from '../model/model.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'

export type ChinesePersonColumns = {
  name?: string
  national_id?: string
  birth_date?: string
  sex?: string
  /** Administrative code from the province down; its first 12 digits name the village, 9 the township, 6 the county. */
  area_code?: string
  phone?: string
}

/**
 * A model of persons written down in Chinese: name, number with birth date and sex, place, telephone. m and u are
 * starting values from name statistics (top surname 7.5%, surname agreement by chance 2.7%) and are learnt anew from the
 * records wherever there are enough. `columns` renames the columns; place and telephone may be absent from the records.
 */
export function chinesePersonModel(columns: ChinesePersonColumns = {}): LinkageModel {
  const name = columns.name ?? 'name'
  const national_id = columns.national_id ?? 'national_id'
  const birth_date = columns.birth_date ?? 'birth_date'
  const sex = columns.sex ?? 'sex'
  const area_code = columns.area_code ?? 'area_code'
  const phone = columns.phone ?? 'phone'
  const comparisons: Comparison[] = [
    {
      name: 'name',
      columns: [name],
      kind: 'chinese_name',
      term_frequency: true,
      shared_from_level: 'surname',
      levels: [
        { name: 'exact', m: 0.9, u: 0.00005 },
        { name: 'variant', m: 0.01, u: 0.000001 },
        { name: 'same_tone', m: 0.02, u: 0.000004 },
        { name: 'same_sound', m: 0.01, u: 0.00001 },
        { name: 'permuted', m: 0.002, u: 0.000008 },
        { name: 'one_character', m: 0.03, u: 0.002 },
        { name: 'surname', m: 0.015, u: 0.027 },
        { name: 'different', m: 0.013, u: 0.97 },
      ],
    },
    {
      name: 'person',
      columns: [national_id, birth_date, sex],
      kind: 'person_id',
      levels: [
        { name: 'same_id', m: 0.85, u: 1e-7 },
        { name: 'near_id', m: 0.05, u: 2e-8 },
        { name: 'same_birth', m: 0.05, u: 0.000001 },
        { name: 'other_id_same_birth', m: 0.004, u: 3e-7 },
        { name: 'borrowed_id', m: 0.0005, u: 0.000001 },
        { name: 'near_birth', m: 0.03, u: 0.003 },
        { name: 'different', m: 0.011, u: 0.5 },
        { name: 'id_conflict', m: 0.0005, u: 0.49 },
      ],
    },
    {
      name: 'area',
      columns: [area_code],
      kind: 'prefix',
      shared_in_household: true,
      levels: [
        { name: 'village', length: 12, m: 0.85, u: 0.02 },
        { name: 'township', length: 9, m: 0.06, u: 0.1 },
        { name: 'county', length: 6, m: 0.05, u: 0.4 },
        { name: 'different', m: 0.04, u: 0.48 },
      ],
    },
    {
      name: 'phone',
      columns: [phone],
      kind: 'digits',
      shared_in_household: true,
      levels: [
        { name: 'exact', m: 0.6, u: 0.0001 },
        { name: 'one_edit', m: 0.02, u: 0.00001 },
        { name: 'different', m: 0.38, u: 0.9999 },
      ],
    },
  ]
  return {
    format: 'linkage-model/1',
    name: 'chinese_person',
    comparisons,
    blocking_rules: [
      [`${national_id}:gb11643`],
      [name, birth_date],
      [name, `${area_code}:prefix9`],
      [`${name}:sound`, `${area_code}:prefix12`],
      [`${name}:sound`, birth_date],
      [birth_date, `${area_code}:prefix12`],
      [phone, `${birth_date}:year`],
    ],
    prior: 1e-5,
    thresholds: { accept: 10, review: 0, margin: 3 },
    // a number alone never merges two people, nor number and surname: a child may carry the father's
    accept_requires: [
      { comparison: 'name', levels: ['exact', 'variant', 'same_tone', 'same_sound', 'permuted', 'one_character'] },
    ],
    vetoes: [{ comparison: 'person', levels: ['borrowed_id', 'id_conflict'] }],
    // another sex or another generation is another member of the family
    households: {
      ...DEFAULT_HOUSEHOLDS,
      vetoes: [{ comparison: 'person', levels: ['different'] }],
      // another given name on the same number, or birth date and sex: a milk name, unless somebody else at home bears it
      second_evidence: [{ comparison: 'person', levels: ['same_id', 'near_id', 'same_birth'] }],
      moved: { comparison: 'area', levels: ['township', 'county', 'different'] },
    },
  }
}
