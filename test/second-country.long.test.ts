// A second country by two methods, over a real survey that lies beside the project: whether code contains a country.
import { existsSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RuleRecord } from '#engines/rules/schema.ts'
import { predict } from '#engines/statistics/fit/ols.ts'
import { areaUnderCurve } from '#engines/statistics/targeting.ts'
import { checkPack } from '#packs/check/check.ts'
import { compareStandards, type Compared } from '#packs/fit/compare-standards.ts'
import { explainWords, ruleOf } from '#packs/explain/explain.ts'
import { fitScore, termsOf, type Fitted } from '#packs/fit/fit.ts'
import { loadPack } from '#packs/load.ts'
import { judgeAll } from '#packs/fit/measure.ts'
import { assessSql } from '#packs/nation.ts'
import { complete, judge, rulebookOf, standAt, type Judgement } from '#packs/rulebook.ts'
import { readFolds, readRecipe, readSurvey, surveyOf, type Recipe, type Surveyed } from '#packs/fit/survey.ts'
import { root } from './house.ts'
import { fillTables, rowKey, keyed, type Row } from './records/record-tables.ts'

const pmt = `${root}packs/costa-rica-pmt`
const counting = `${root}packs/costa-rica-2014`
const folder = `${root}../shared/reference/poverty/costarica/`
const file = `${folder}train.csv`
const absent = !existsSync(file)
if (absent) console.warn('The survey (../shared/reference/poverty/costarica) is not here: tests over it are skipped.')

const { pack, problems } = await loadPack(pmt)
const book = rulebookOf(pack!)
const at = standAt(book, pack!.reference_date, 'CR0101')
const [rich, poor] = pack!.indicators[0]!.examples.map((each) => each.record) as [RuleRecord, RuleRecord]

describe('a pack in a language that the product does not bring', () => {
  test('it is in order', () => {
    expect([...problems, ...checkPack(pack!)]).toEqual([])
  })

  test('a frame that the language lacks is found by the check', () => {
    const { ['lt']: _, ...frames } = pack!.words['es']!['explain']!
    const words = { ...pack!.words, es: { ...pack!.words['es'], explain: frames } }
    expect(checkPack({ ...pack!, words })).toMatchObject([{ code: 'pack_missing_word', at: 'explain.lt' }])
  })

  test('reasons are sentences in Spanish, down to the figure and its source', () => {
    const means = judge(book, poor, at).indicators[0]!
    expect(means.reason['es']).toMatch(/^El puntaje \(\d[\d.]*\) alcanza el límite \(-457\)\.$/)
    const said = explainWords(book, ruleOf(book, 'indicators', 'means')!.rule, complete(book, poor, at), at)
    expect(said.text['es']).toContain('vigente desde')
    expect(said.parameters[0]?.source['es']).toContain('Regresión logística')
    const whole = JSON.stringify(said)
    expect(whole).toContain('Personas del hogar')
    // An English frame would stand in where the pack had none.
    expect(said.text['es']).not.toContain('in force from')
  })
})

describe('a survey that does not fit the pack', () => {
  test('a column that is missing is named', async () => {
    const recipe = await readRecipe(pmt)
    expect(() => readSurvey('Id,age\n1,40\n', recipe, book.fields)).toThrow('no column idhogar')
  })

  test('answers over several columns become one; empty and senseless cells are no answers', async () => {
    const recipe = await readRecipe(pmt)
    const text = `idhogar,parentesco1,parentesco3,hhsize,Target,lugar2,area1,area2,male,female,age,escolari,dis,rooms,computer
a,0,1,2,4,1,0,1,1,0,7,,0,3,2
a,1,0,2,2,1,0,1,0,1,40,six,1,4,1
`
    expect(readSurvey(text, recipe, book.fields)).toMatchObject([
      {
        household: 'a',
        poor: true,
        class_of: '2',
        people: 2,
        headed: true,
        record: {
          area_code: 'CR0202',
          area2: true,
          rooms: 4,
          computer: true,
          v18q: null,
          members: [
            { relation: 'child', sex: 'male', age: 7, escolari: null, dis: false },
            { relation: 'head', sex: 'female', age: 40, escolari: null, dis: true },
          ],
        },
      },
    ])
  })
})

describe('unknown stays unknown', () => {
  const asked = ['area2', 'rooms', 'paredblolad', 'pisomoscer', 'eviv3', 'tipovivi2', 'tipovivi3', 'energcocinar4']
  test.each([...asked, 'qmobilephone', 'computer', 'v18q'])(
    'without %s there is no score, and a person asks',
    (name) => {
      const judged = judge(book, { ...rich, [name]: null }, at)
      expect(judged.complete['pmt_score']).toBeNull()
      expect(judged.verdict).toBe('needs_verification')
      expect(judged.indicators[0]?.missing).toEqual([name])
    },
  )

  test.each(['age', 'escolari', 'dis', 'sex'])("nor without a member's %s", (name) => {
    const members = (rich['members'] as RuleRecord[]).map((each, i) => (i === 0 ? { ...each, [name]: null } : each))
    const judged = judge(book, { ...rich, members }, at)
    expect(judged.verdict).toBe('needs_verification')
    expect(judged.indicators[0]?.missing).toContain(`members[0].${name}`)
  })
})

/** Each pack's reading of the survey, once: it takes a second. */
const surveys = new Map<string, ReturnType<typeof surveyOf>>()
function surveyed(folder: string): ReturnType<typeof surveyOf> {
  const read = surveys.get(folder) ?? surveyOf(folder, file)
  surveys.set(folder, read)
  return read
}

describe.skipIf(absent)('over the survey', () => {
  let households: Surveyed[]
  let recipe: Recipe
  let fitted: Fitted
  let compared: Compared
  beforeAll(async () => {
    ;({ households, recipe } = await surveyed(pmt))
    fitted = fitScore(book, recipe.fit!, households)
    compared = await compareStandards([counting, pmt], file)
  })

  test('the points in the pack are those that the fit gives', () => {
    const given = Object.fromEntries(fitted.coefficients.map(({ parameter, points }) => [parameter, points]))
    expect({ ...given, pmt_cutoff: fitted.cutoff.points }).toEqual(at.params)
    expect(fitted).toMatchObject({ households: 2973, left_out: 15, judged_otherwise: 0 })
  })

  test("the pack's verdict is the regression's own prediction for every household fitted", () => {
    const beta = fitted.coefficients.map((each) => each.estimate)
    const seen = { eligible: 0, not_eligible: 0 }
    const otherwise: string[] = []
    for (const each of judgeAll(book, households)) {
      const log_odds = predict(beta, termsOf(book, recipe.fit!, each)!)
      const predicted = log_odds >= fitted.cutoff.log_odds ? 'eligible' : 'not_eligible'
      if (each.judgement.verdict !== predicted) otherwise.push(each.household)
      seen[predicted] += 1
    }
    expect(otherwise).toEqual([])
    expect(seen).toEqual({ eligible: 611, not_eligible: 2377 })
  })

  test('as many people are found as are poor', () => {
    const { coverage, target_rate } = fitted.held_out
    expect(Math.abs(coverage - target_rate)).toBeLessThan(0.001)
    expect(target_rate).toBeCloseTo(0.244214053827626, 12)
  })

  test("over R's own folds it aims at least as well as R's logit did", () => {
    const text = readFileSync(`${folder}pmt_logit_folds.csv`, 'utf8')
    const theirs = fitScore(book, recipe.fit!, households, readFolds(text, recipe))
    expect(theirs.households).toBe(2973)
    expect(theirs.held_out.auc).toBeGreaterThan(0.801660409502888)
    expect(theirs.held_out.exclusion_error).toBeLessThan(0.442967409948542)
    expect(theirs.held_out.cgh).toBeGreaterThan(2.28091946929733)
    // No household is scored by a fit that has seen it: with its own it would look better.
    const seen = households.filter((each) => theirs.held_out_scores.has(each.household))
    const target = seen.map((each) => each.poor)
    const beta = theirs.coefficients.map((each) => each.estimate)
    const score = seen.map((each) => predict(beta, termsOf(book, recipe.fit!, each)!))
    expect(areaUnderCurve({ score, target })!).toBeGreaterThan(theirs.held_out.auc!)
  })

  test.each([
    ['the proxy means test', pmt],
    ['the counting of deprivations', counting],
  ])(
    '%s says the same of every household in JavaScript and in DuckDB, answers missing or not',
    async (_, which) => {
      const survey = await surveyed(which)
      const here = standAt(survey.book, survey.book.pack.reference_date, '')
      const whole = survey.households.map((each) => each.record)
      const names = Object.keys(whole[0]!).filter((name) => name !== 'area_code')
      // Each field is missing in some thirty households more.
      const holes = whole
        .slice(0, names.length * 30)
        .map((record, i) => ({ ...record, [names[i % names.length]!]: null }))
      const records: RuleRecord[] = [...whole, ...holes]
      const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
      const run = async (sql: string): Promise<Row[]> => (await connection.runAndReadAll(sql)).getRowObjectsJS()
      const tables = await fillTables(run, 'duckdb', survey.book, records, (record) => record['area_code'])
      const found = new Map((await run(assessSql(survey.book, tables, here))).map((row) => [rowKey(row), row]))
      connection.closeSync()
      const differences: unknown[] = []
      const states: Record<Judgement['verdict'], number> = { eligible: 0, not_eligible: 0, needs_verification: 0 }
      for (const [index, record] of records.entries()) {
        const { verdict, score, indicators, complete: filled } = judge(survey.book, record, here)
        const row = found.get(rowKey(keyed(index)))!
        const said = {
          verdict,
          score,
          ...Object.fromEntries(indicators.map(({ code, state }) => [code, state])),
          ...Object.fromEntries(survey.book.pack.derived.map(({ name }) => [name, filled[name] ?? null])),
        }
        const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value)
        const stateOf = (value: unknown) => (value === null ? 'unknown' : value === true ? 'met' : 'unmet')
        const in_sql = {
          verdict: row['verdict'],
          score: plain(row['score']),
          ...Object.fromEntries(indicators.map(({ code }) => [code, stateOf(row[`met_${code}`])])),
          ...Object.fromEntries(survey.book.pack.derived.map(({ name }) => [name, plain(row[name])])),
        }
        if (!isDeepStrictEqual(in_sql, said)) differences.push({ index, in_sql, said })
        states[verdict] += 1
      }
      expect(differences).toEqual([])
      expect(Math.min(...Object.values(states))).toBeGreaterThan(0)
    },
    60_000,
  )

  test('H, A and M0 of the counted deprivations are those of the verdicts and their points', () => {
    const { deprivation, verdicts } = compared.standards[0]!
    expect(deprivation).toMatchObject({ judged_otherwise: 0, scored_otherwise: 0 })
    const { H, A, M0, left_out, H_bounds } = deprivation!.of_households
    expect(H_bounds.lower).toBe(verdicts.eligible / 2988)
    expect(M0).toBeCloseTo(H * A, 15)
    // One household has a child without an answer on years behind in school.
    expect(Math.round(left_out * 2988)).toBe(1)
    expect([H, A, M0].map((each) => Number(each.toFixed(4)))).toEqual([0.0827, 0.3303, 0.0273])
    const parts = deprivation!.of_households.indicators.reduce((sum, each) => sum + each.absolute, 0)
    expect(parts).toBeCloseTo(M0, 15)
  })

  test('the same for people, added up from the verdicts and their points', async () => {
    const survey = await surveyed(counting)
    let [people, poor_people, points] = [0, 0, 0]
    for (const { judgement, people: size } of judgeAll(survey.book, survey.households)) {
      if (judgement.indicators.some((each) => each.state === 'unknown')) continue
      people += size
      if (judgement.verdict !== 'eligible') continue
      poor_people += size
      points += size * judgement.score!
    }
    const { H, A, M0 } = compared.standards[0]!.deprivation!.of_people
    expect(H).toBeCloseTo(poor_people / people, 12)
    expect(A).toBeCloseTo(points / 48 / poor_people, 12)
    expect(M0).toBeCloseTo(points / 48 / people, 12)
  })

  test('the two standards find different households, and the test aims better at income where it may choose as few', () => {
    const [pair] = compared.pairs
    const { both, first_alone, second_alone, neither } = pair!.cells
    expect(both.households + first_alone.households).toBe(compared.standards[0]!.verdicts.eligible)
    expect(both.households + second_alone.households).toBe(compared.standards[1]!.verdicts.eligible)
    expect(both.poor + first_alone.poor + second_alone.poor + neither.poor).toBe(664)
    const reach = compared.held_out[0]!.at_reach_of[0]!
    expect(reach.held_out.exclusion_error!.upper).toBeLessThan(reach.its_own.exclusion_error!.lower)
  })
})
