import { dateSql, fixed, hashed, listed, MAKERS, out, same } from './levels-sql.ts'
import type { ComparisonSql, Maker } from './levels-sql.ts'
import type { Comparison } from '../model/model.ts'
import { editsSql } from './edits-sql.ts'
import { PARTS } from './parts.ts'

/** Weights of the 17th digit back to the first (GB 11643-1999): powers of two modulo 11. */
const WEIGHTS = [2, 4, 8, 5, 10, 9, 7, 3, 6, 1, 2, 4, 8, 5, 10, 9, 7]

/** What a number of eighteen characters says, in SQL and in layers, each computed once; null for any other text. */
function numberSql(id: string, at: (name: string) => string) {
  const [n, ymd, real] = [at('_n'), at('_said'), at('_real')]
  const [year, month, day] = [`${ymd} // 10000`, `${ymd} // 100 % 100`, `${ymd} % 100`]
  const leap = `(${year} % 4 = 0 and ${year} % 100 <> 0 or ${year} % 400 = 0)`
  const days = `case when ${month} in (4, 6, 9, 11) then 30 when ${month} = 2 then 28 + ${leap}::int else 31 end`
  // nine digits fit an int, whose division is several times faster
  const check = at('_check')
  const digits = WEIGHTS.map((weight, k) =>
    k < 8 ? `${at('_low')} // ${10 ** k} % 10 * ${weight}` : `${at('_high')} // ${10 ** (k - 8)} % 10 * ${weight}`,
  )
  return {
    layers: [
      { [n]: `case when regexp_full_match(${id}, '[0-9]{17}[0-9X]') then left(${id}, 17)::bigint end` },
      {
        [at('_high')]: `(${n} // 100000000)::int`,
        [at('_low')]: `(${n} % 100000000)::int`,
        [ymd]: `(${n} // 1000 % 100000000)::int`,
      },
      {
        // X is ten
        [check]: `case when ${n} is not null then least(ascii(right(${id}, 1)) - 48, 10) end`,
        [at('_seventeen')]: digits.join(' + '),
        [real]: `${month} between 1 and 12 and ${day} between 1 and ${days} and ${year} >= 1800`,
      },
    ],
    ymd: `case when ${real} then ${ymd} end`,
    day: `case when ${real} then (make_date(${year}, ${month}, ${day}) - date '1970-01-01')::int end`,
    sex: `(2 - ${n} % 2)`,
    valid: `coalesce((${real} and (${at('_seventeen')} + ${check}) % 11 = 1)::utinyint, 0)`,
    number: n,
    check: `(${check})::utinyint`,
  }
}

const person_id: Maker = (c, at) => {
  const [number_column, birth_column, sex_column] = c.columns
  if (!number_column || !birth_column || !sex_column) throw new RangeError(`${c.name} needs three columns`)
  const id_part = PARTS.person.at(number_column)
  const birth_part = PARTS.date.at(birth_column)
  const sex_part = PARTS.sex.at(sex_column)
  const level = fixed(c)
  const slot = {
    id: at('_id'),
    valid: at('_v'),
    number: at('_n17'),
    check: at('_c'),
    day: at('_d'),
    ymd: at('_y'),
    sex: at('_x'),
    lent: at('_l'),
    open: at('_o'),
    stated: at('_s'),
  }
  const id = out(id_part, 'text')
  const said = numberSql(id, at)
  const [dates, sexes] = [at('_dates'), at('_sexes')]
  const nothing = (s: string) => `(${s}.${slot.id} is null and ${s}.${slot.day} is null and ${s}.${slot.sex} is null)`
  const close = `${dates} <= 1 and not ${sexes}`
  // places in which two numbers differ; only pairs of two numbers of which one is no valid one come here
  const apart = `(${Array.from({ length: 17 }, (_, k) => `(l.${slot.number} // ${10 ** k} % 10 <> r.${slot.number} // ${10 ** k} % 10)::int`).join(' + ')} + (l.${slot.check} <> r.${slot.check})::int)`
  const lent = `(l.${slot.lent} + r.${slot.lent} > 0)`
  const two = `(l.${slot.id} is not null and r.${slot.id} is not null)`
  const by_birth = `case when ${sexes} then ${level('different')}
      when ${dates} = 0 then case when ${lent} and ${two} then ${level('other_id_same_birth')} else ${level('same_birth')} end
      when ${dates} = 1 then ${level('near_birth')} when ${dates} < 0 and not ${two} then -1 else ${level('different')} end`
  // of the record itself: its stated birth date and sex against those of its number
  const own = dateSql(
    (s) => at(s === 'l' ? '_day' : '_said_day'),
    (s) => at(s === 'l' ? '_ymd' : '_said_ymd'),
  )
  const contradicted = `(${own} >= 2 or (${own} = 1 and ${at('_sex')} <> ${at('_said_sex')}))`
  return {
    values: [
      {
        part: id_part,
        layers: said.layers,
        columns: {
          [slot.id]: hashed(id),
          [slot.valid]: said.valid,
          [slot.number]: said.number,
          [slot.check]: said.check,
          [at('_said_day')]: said.day,
          [at('_said_ymd')]: said.ymd,
          [at('_said_sex')]: said.sex,
          [at('_century')]: out(id_part, 'century'),
          [at('_year')]: out(id_part, 'year'),
        },
      },
      { part: birth_part, columns: { [at('_day')]: out(birth_part, 'day'), [at('_ymd')]: out(birth_part, 'ymd') } },
      { part: sex_part, columns: { [at('_sex')]: out(sex_part, 'sex') } },
    ],
    slots: {
      [slot.id]: slot.id,
      [slot.valid]: slot.valid,
      [slot.number]: slot.number,
      [slot.check]: slot.check,
      [slot.day]: `coalesce(${at('_day')}, ${at('_said_day')})`,
      [slot.ymd]: `coalesce(${at('_ymd')}, ${at('_said_ymd')})`,
      [slot.sex]: `coalesce(${at('_sex')}, ${at('_said_sex')})::utinyint`,
      [slot.stated]: `(${at('_day')} is not null)::utinyint`,
      [slot.lent]: `coalesce((case when ${slot.valid} = 1 then ${contradicted} end)::utinyint, 0)`,
      // an old number whose century the stated birth date sets otherwise than the number alone
      [slot.open]: `coalesce((${at('_ymd')} // 10000 % 100 = ${at('_year')} and (18 + (${at('_ymd')} >= 19000000)::int) <> ${at('_century')})::utinyint, 0)`,
    },
    helpers: {
      [dates]: `coalesce(${dateSql(
        (s) => `${s}.${slot.day}`,
        (s) => `${s}.${slot.ymd}`,
      )}, -1)`,
      [sexes]: `coalesce(l.${slot.sex} <> r.${slot.sex}, false)`,
    },
    level: `case when ${nothing('l')} or ${nothing('r')} then -1
    when l.${slot.open} + r.${slot.open} > 0 then null
    when ${same(slot.id)} and l.${slot.lent} + r.${slot.lent} < 2 then
      case when ${dates} = 3 or (${dates} = 2 and ${lent}) or (${sexes} and (${dates} <> 0 or l.${slot.stated} + r.${slot.stated} < 2)) then ${level('borrowed_id')} else ${level('same_id')} end
    when not ${two} or ${lent} then ${by_birth}
    when l.${slot.valid} + r.${slot.valid} = 2 then ${level('id_conflict')}
    when l.${slot.number} is null or r.${slot.number} is null then null
    when ${apart} <= case when ${close} then 2 else 1 end then ${level('near_id')}
    when ${apart} > case when ${close} then 12 else 2 end then ${by_birth} end`,
    keys: listed(c, { same_id: slot.id }),
    terms: { '': slot.id },
  }
}

const tests: Maker = (c, at) => {
  const slot = (column: string) => at(`_${c.columns.indexOf(column)}`)
  const value = (column: string) => at(`_v${c.columns.indexOf(column)}`)
  const all = c.levels.flatMap((level) => level.tests ?? [])
  const within = [...new Set(all.flatMap((test) => (test.test === 'within' ? [test.column] : [])))]
  const far = all.flatMap((t) => ('column' in t && t.test !== 'equal' && t.test !== 'within' ? [t] : []))
  const alike = new Set([
    ...all.flatMap((t) => (t.test === 'reversed' ? t.columns : t.test === 'within' ? [] : [t.column])),
    ...c.levels.flatMap((level) => level.term_frequency ?? []),
  ])
  const measured = [...new Set(far.map((test) => test.column))]
  const ascii = (column: string) => at(`_t${c.columns.indexOf(column)}`)
  const distance = (test: (typeof far)[number]) => `${at(`_${test.test}`)}${c.columns.indexOf(test.column)}`
  // each distance once per pair, however many levels ask; DuckDB's count bytes: on ASCII they are those of the comparer,
  // else the slot is null and so is the answer
  const helpers = far.map((test) => {
    const alike = far.filter((other) => other.test === test.test && other.column === test.column)
    const most = Math.max(...alike.map((other) => (other.test === 'jaro_winkler' ? 0 : other.at_most)))
    const [l, r] = [`l.${ascii(test.column)}`, `r.${ascii(test.column)}`]
    const counted =
      test.test === 'jaro_winkler' ? `jaro_winkler_similarity(${l}, ${r})` : editsSql(test.test, l, r, most)
    const none = test.test === 'jaro_winkler' ? 1 : 0
    return [distance(test), `case when ${same(slot(test.column))} then ${none} else ${counted} end`]
  })
  const both = (column: string) => `(l.${slot(column)} is not null and r.${slot(column)} is not null)`
  // a test of a missing value is null, at which no branch is taken
  const when = c.levels.slice(0, -1).map((level, k) => {
    const [plain, asked, there]: [string[], string[], string[]] = [[], [], []]
    for (const test of level.tests ?? []) {
      if (test.test === 'equal') plain.push(same(slot(test.column)))
      else if (test.test === 'reversed') {
        const [x, y] = test.columns.map(slot)
        plain.push(`l.${x} = r.${y} and l.${y} = r.${x}`)
      } else if (test.test === 'within') {
        plain.push(`abs(l.${value(test.column)} - r.${value(test.column)}) <= ${test.at_most}`)
      } else {
        const holds = test.test === 'jaro_winkler' ? `>= ${test.at_least}` : `<= ${test.at_most}`
        asked.push(`${distance(test)} ${holds}`)
        there.push(both(test.column))
      }
    }
    if (asked.length === 0) return `when ${plain.join(' and ')} then ${k}`
    const open = asked.join(' and ')
    return `when ${[...plain, open].join(' and ')} then ${k} when (${open}) is null and ${[...there, ...plain].join(' and ')} then null`
  })
  const [first, ...more] = c.levels[0]?.tests ?? []
  return {
    values: [
      ...c.columns.map((column) => {
        const part = PARTS.raw.at(column)
        const text = out(part, 'text')
        // of a column that is never compared as it stands: whether it is there
        const there = `case when ${text} is not null then 1::utinyint end`
        return { part, columns: { [slot(column)]: alike.has(column) ? hashed(text) : there } }
      }),
      ...measured.map((column) => {
        const part = PARTS.raw.at(column)
        const text = out(part, 'text')
        return { part, columns: { [ascii(column)]: `case when strlen(${text}) = length(${text}) then ${text} end` } }
      }),
      ...within.map((column) => {
        const part = PARTS.number.at(column)
        return { part, columns: { [value(column)]: out(part, 'value') } }
      }),
    ],
    helpers: Object.fromEntries(helpers),
    level: `case when not (${c.columns.map(both).join(' or ')}) then -1 ${when.join('\n    ')} else ${c.levels.length - 1} end`,
    keys: first?.test === 'equal' && more.length === 0 ? [slot(first.column)] : [],
    terms: Object.fromEntries(c.columns.map((column) => [column, slot(column)])),
  }
}

/** The comparison in SQL; its slots are named c<index>, c<index>_... */
export function comparisonSql(comparison: Comparison, index: number): ComparisonSql {
  const make = { ...MAKERS, person_id, tests }[comparison.kind]
  if (!make) throw new RangeError(`no SQL for comparisons of kind ${comparison.kind}`)
  return make(comparison, (slot) => `c${index}${slot}`)
}
