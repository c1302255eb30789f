import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changedFields, fold, inOrder, visible, type Entry, type EntryKind } from './fold.ts'
import { carriedAfter } from './carried.ts'

const kinds: EntryKind[] = ['registered', 'updated', 'moved', 'corrected', 'deregistered', 'returned']

const day = fc.integer({ min: 0, max: 1500 }).map((days) => new Date(Date.UTC(2014, 0, 1 + days)).toISOString())

/** Entries of one household: distinct ids, any kinds, days and times of recording. */
const entries = fc.uniqueArray(
  fc.record({
    entry_id: fc.uuid(),
    kind: fc.constantFrom(...kinds),
    valid_from: day.map((iso) => iso.slice(0, 10)),
    recorded_at: day,
    size: fc.nat(9),
  }),
  { selector: (entry) => entry.entry_id, maxLength: 12 },
)

type Drawn = { entry_id: string; kind: EntryKind; valid_from: string; recorded_at: string; size: number }

function entryOf({ size, ...drawn }: Drawn): Entry {
  return {
    ...drawn,
    household_id: '360781-0000001',
    written_for: '360781-0000001',
    area_code: '360781107201001',
    data:
      drawn.kind === 'deregistered' ? { reason: 'x' } : { answers: { household_size: size }, instance_id: `i${size}` },
    source_kind: 'test',
    source_id: drawn.entry_id,
    account_id: null,
    role: null,
  }
}

function entry(kind: EntryKind, valid_from: string, more: Partial<Entry> = {}): Entry {
  return {
    ...entryOf({
      entry_id: `${kind} ${valid_from}`,
      kind,
      valid_from,
      recorded_at: `${valid_from}T08:00:00.000Z`,
      size: 3,
    }),
    ...more,
  }
}

describe('fold', () => {
  test('does not depend on the order in which entries come', () => {
    fc.assert(
      fc.property(
        entries.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(fold(shuffled.map(entryOf))).toEqual(fold(all.map(entryOf)))
          expect(inOrder(shuffled.map(entryOf))).toEqual(inOrder(all.map(entryOf)))
        },
      ),
    )
  })

  test('a later day sees all that an earlier one saw, and the last day sees everything', () => {
    fc.assert(
      fc.property(entries, day, day, (all, one, other) => {
        const [early, late] = [one.slice(0, 10), other.slice(0, 10)].sort() as [string, string]
        const made = all.map(entryOf)
        const ids = (on: string) => visible(made, on).map((each) => each.entry_id)
        expect(ids(late)).toEqual(expect.arrayContaining(ids(early)))
        expect(fold(visible(made, '9999-12-31'))).toEqual(fold(made))
        if (fold(visible(made, early))) expect(fold(visible(made, late))).not.toBeNull()
      }),
    )
  })

  test('what was not yet known changes nothing that was', () => {
    fc.assert(
      fc.property(entries, day, (all, known_on) => {
        const made = all.map(entryOf)
        const known = made.filter((each) => Date.parse(each.recorded_at) <= Date.parse(known_on))
        expect(fold(visible(made, undefined, known_on))).toEqual(fold(known))
      }),
    )
  })

  test('times of recording are compared as moments, however they are written', () => {
    const late = entry('registered', '2014-06-01', { recorded_at: '2014-06-01T08:00:00.500Z' })
    expect(visible([late], undefined, '2014-06-01T08:00:00Z')).toEqual([])
    expect(visible([late], undefined, '2014-06-01T08:00:01Z')).toEqual([late])
  })

  test('nothing stands before the registration', () => {
    expect(fold([])).toBeNull()
    expect(fold([entry('updated', '2014-06-01'), entry('returned', '2014-07-01')])).toBeNull()
  })

  test('deregistered, then returned: registered again since the return, first registered since the first day', () => {
    const file = [
      entry('registered', '2014-06-30'),
      entry('deregistered', '2016-12-31'),
      entry('returned', '2018-03-01'),
    ]
    expect(fold(file.slice(0, 2))).toMatchObject({ status: 'deregistered', status_on: '2016-12-31' })
    expect(fold(file)).toMatchObject({
      status: 'registered',
      status_on: '2018-03-01',
      registered_on: '2014-06-30',
    })
  })

  test('of several that are one, the file stands as long as one of them does, and falls with what strikes off them all', () => {
    const other = { written_for: '360781-0000002' }
    const both = [
      entry('registered', '2014-06-30'),
      entry('registered', '2014-10-08', other),
      entry('deregistered', '2015-12-31', other),
    ]
    expect(fold(both)).toMatchObject({
      status: 'registered',
      status_on: '2014-06-30',
      standing: { '360781-0000001': '2014-06-30' },
    })
    const neither = [...both, entry('deregistered', '2016-12-31')]
    expect(fold(neither)).toMatchObject({ status: 'deregistered', status_on: '2016-12-31', standing: {} })
    // Struck off as one; parted, only the entry's own household is.
    const as_one = [
      ...both.slice(0, 2),
      entry('deregistered', '2016-12-31', { data: { reason: 'x', covers: [other.written_for] } }),
    ]
    expect(fold(as_one)).toMatchObject({ status: 'deregistered' })
    expect(fold(as_one.filter((each) => each.written_for === other.written_for))).toMatchObject({
      status: 'registered',
    })
    // Where the one that stays was never registered, it is on the account of the other.
    expect(fold([entry('registered', '2014-10-08', other)])).toMatchObject({
      status: 'registered',
      standing: { '360781-0000002': '2014-10-08' },
    })
  })

  test('what was recorded later wins on the same day', () => {
    const first = entry('registered', '2014-06-30')
    const corrected = entry('corrected', '2014-06-30', {
      entry_id: 'a',
      recorded_at: '2014-09-01T00:00:00.000Z',
      data: { answers: { household_size: 7 } },
    })
    expect(fold([corrected, first])?.answers).toEqual({ household_size: 7 })
    expect(fold(visible([corrected, first], undefined, '2014-08-01T00:00:00Z'))?.answers).toEqual({ household_size: 3 })
  })

  test('an update moves the file along and keeps the rest', () => {
    const file = fold([
      entry('registered', '2014-06-30', { data: { answers: { household_size: 3 }, household_attribute: 'general' } }),
      entry('moved', '2015-06-30', { area_code: '360781107202001', data: { answers: { household_size: 2 } } }),
    ])
    expect(file).toMatchObject({
      area_code: '360781107202001',
      household_attribute: 'general',
      answers: { household_size: 2 },
      status: 'registered',
    })
  })
})

describe('what the register carries of the answers', () => {
  test('is what was said last; what was not asked stays, and an answer of another kind is none', () => {
    expect(carriedAfter(null, {})).toMatchObject({ household_attribute: null })
    const before = carriedAfter(null, { answers: { household_attribute: 'general', household_size: 3 } })
    expect(before).toMatchObject({ household_attribute: 'general' })
    expect(carriedAfter(before, { answers: { household_size: 4 } })).toEqual(before)
    expect(carriedAfter(before, { answers: {}, household_attribute: null })).toMatchObject({
      household_attribute: null,
    })
    expect(carriedAfter(before, { answers: { household_attribute: 7 } })).toMatchObject({ household_attribute: null })
  })
})

describe('changed fields', () => {
  test('are named once each, in order; members as a whole', () => {
    const before = { pigs: 1, debt: null, members: [{ name: 'A', sex: 'male' }] }
    expect(changedFields(before, { pigs: 2, debt: 5, members: [{ sex: 'male', name: 'A' }] })).toEqual(['debt', 'pigs'])
    expect(changedFields(before, { pigs: 1, members: [{ name: 'B', sex: 'male' }] })).toEqual(['members'])
  })

  test('nothing has changed where nothing was known', () => {
    expect(changedFields(null, { pigs: 1 })).toEqual([])
    expect(changedFields({ pigs: 1 }, null)).toEqual([])
  })
})
