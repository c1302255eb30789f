// npm run truth:plans: what the plans of a synthetic township hold when money is scarce. No journey is lived for it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fund, type Fundable, type Means } from '#cycle/07-prescribe/share/fund.ts'
import { prescribe, type Planned } from '#cycle/07-prescribe/prescribe.ts'
import { rankCauses } from '#packs/fit/rank-causes.ts'
import { loadPack } from '#packs/load.ts'
import { ask, complete, judge, rulebookOf, standAt } from '#packs/rulebook.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { generate } from '../country/generate.ts'
import { answersIn } from '../country/submissions.ts'
import { trueSubmissions } from './truth.ts'

const { values } = parseArgs({
  options: {
    households: { type: 'string', default: '17000' },
    seed: { type: 'string', default: '3' },
    money: { type: 'string', default: '50' },
  },
})

const HEALTH = ['treatment', 'care_arranged', 'family_doctor', 'insurance_premium']

// What a programme has few of: posts, flats, seats.
const SCARCE = ['forest_ranger', 'village_workshop', 'village_care', 'relocation', 'skill_training']

interface Case {
  plan: Planned
  score: number | null
  causes: string[]
  main_cause: string | null
  unmet: string[]
  /** Rights whose condition is met. */
  rights: string[]
}

async function plansOf(out_dir: string, pack: Pack): Promise<Case[]> {
  const book = rulebookOf(pack)
  const about = await trueSubmissions(out_dir)
  const rights = pack.measures.filter((each) => each.right)
  const cases: Case[] = []
  for await (const { row, answers } of answersIn(out_dir)) {
    const told = about.get(row.instance_id)
    if (told?.kind !== 'main') continue
    const area_code = String(answers['area_code'] ?? row.area_code)
    const at = standAt(book, pack.reference_date, area_code)
    const record = { registers: [], ...answers }
    const ranked = rankCauses(book, record, at)
    // Who has a cause and lacks something stands for who is registered.
    if (ranked.main_cause === null || ((ranked.income_shortfall ?? 0) <= 0 && ranked.unmet_indicators.length === 0))
      continue
    const household = { household_id: told.true_household_id, area_code, record }
    const { score } = judge(book, record, at)
    const basis = { ...ranked, diagnosis_id: '', score }
    const whole = complete(book, record, at)
    cases.push({
      plan: prescribe(book, household, basis, at),
      score,
      causes: [ranked.main_cause, ...ranked.other_causes],
      main_cause: ranked.main_cause,
      unmet: ranked.unmet_indicators,
      rights: rights
        .filter(({ code }) => {
          const ready = book.compiled.measures[code]
          return ready !== undefined && ask(ready.condition, whole, at).value === true
        })
        .map(({ code }) => code),
    })
  }
  return cases
}

const share = (part: number, whole: number) =>
  `${part} of ${whole}${whole === 0 ? '' : ` (${((part / whole) * 100).toFixed(1)} %)`}`

function tellPlans(cases: readonly Case[], pack: Pack): void {
  const has = (each: Case, holds: (code: string) => boolean) => each.plan.items.some((item) => holds(item.measure_code))
  const batch = new Map(pack.measures.map((each) => [each.code, each.batch]))
  const houses = pack.measures.filter((each) => each.closes.indicators.includes('housing')).map((each) => each.code)
  const tell = (name: string, of: readonly Case[], holds: (code: string) => boolean) =>
    console.log(`${name}: ${share(of.filter((each) => has(each, holds)).length, of.length)}`)
  const rights = cases.flatMap((each) => each.rights.map((code) => has(each, (other) => other === code)))
  console.log(`rights planned: ${share(rights.filter(Boolean).length, rights.length)}`)
  const main = (code: string) => cases.filter((each) => each.main_cause === code)
  tell('main cause illness, a health measure', main('01'), (code) => HEALTH.includes(code))
  tell('main cause schooling, an education measure', main('03'), (code) => batch.get(code) === 'education')
  const unsafe = cases.filter((each) => each.unmet.includes('housing'))
  tell('unsafe house, a housing measure', unsafe, (code) => houses.includes(code))
  const silent = cases.flatMap(({ plan, causes }) =>
    causes.filter(
      (cause) =>
        !plan.items.some((item) =>
          pack.measures.some((each) => each.code === item.measure_code && each.causes.includes(cause)),
        ) && !plan.uncovered.some((each) => each.need === `cause:${cause}` && each.text['en']),
    ),
  )
  const open = cases.flatMap(({ plan }) => plan.uncovered.filter((each) => each.need.startsWith('cause:')))
  console.log(`causes open with a reason: ${open.length}, without: ${silent.length}`)
}

function itemsOf(cases: readonly Case[], pack: Pack): Fundable[] {
  const measures = new Map(pack.measures.map((each) => [each.code, each]))
  const length = pack.levels.find((each) => each.level === pack.sharing?.compare)?.code_length
  return cases.flatMap(({ plan, score }, index) =>
    plan.items.map((item): Fundable => ({
      ...item,
      item_id: `${index} ${item.measure_code}`,
      household_id: plan.household_id,
      area_code: plan.area_code,
      funded: true,
      unfunded_reason: null,
      settled: false,
      right: measures.get(item.measure_code)?.right ?? false,
      requires: measures.get(item.measure_code)?.requires ?? [],
      score,
      compared_in: plan.area_code.slice(0, length),
    })),
  )
}

/** Money of every batch, and places of every measure that has to do with posts or moving, for a part of what is asked. */
function meansFor(items: readonly Fundable[], pack: Pack, part: number): Means {
  const asked = Map.groupBy(items, (item) => item.batch)
  const budgets = [...asked].map(([batch, of]) => ({
    budget_id: batch,
    area_code: '',
    batch,
    amount: Math.floor(of.reduce((sum, item) => sum + item.cost, 0) * part),
  }))
  const scarce = pack.measures.filter((each) => SCARCE.includes(each.code))
  const places = scarce.map(({ code }) => ({
    place_id: `place ${code}`,
    area_code: '',
    measure_code: code,
    places: Math.floor(items.filter((item) => item.measure_code === code).length * part),
  }))
  return { budgets, places, seed: values.seed, ...(pack.sharing ? { rule: pack.sharing } : {}) }
}

async function tellMoney(cases: readonly Case[], pack: Pack): Promise<void> {
  const items = itemsOf(cases, pack)
  const means = meansFor(items, pack, Number(values.money) / 100)
  const began = performance.now()
  const given = await fund(items, means)
  const seconds = (performance.now() - began) / 1000
  const limits = [
    ...means.budgets.map((each) => [each.budget_id, each.amount] as const),
    ...(means.places ?? []).map((each) => [each.place_id, each.places] as const),
  ]
  const over = limits.filter(([pool, amount]) => (given.spent[pool] ?? 0) > amount)
  const isPaid = (item: Fundable) => !given.changed.has(item.item_id)
  const reason = (code: string) => [...given.changed.values()].filter((each) => each.unfunded_reason === code).length
  const due = items.filter((item) => item.right)
  console.log(
    `with ${values.money} % of the money and of the places, shared out in ${seconds.toFixed(1)} s: items paid ${share(items.filter(isPaid).length, items.length)}, budgets and places passed: ${over.length}`,
  )
  console.log(`not paid for want of money: ${reason('no_money')}, of a place: ${reason('no_place')}`)
  console.log(`rights paid: ${share(due.filter(isPaid).length, due.length)}`)
  const plans = [...Map.groupBy(items, (item) => item.household_id).values()]
  const whole = (of: readonly Fundable[][]) => share(of.filter((own) => own.every(isPaid)).length, of.length)
  console.log(`plans paid whole: ${whole(plans)}; weight short of the proven bound: ${(given.gap * 100).toFixed(3)} %`)
  const by_place = [...Map.groupBy(plans, (own) => own[0]?.compared_in ?? '').values()].filter((of) => of.length >= 20)
  const rate = (of: readonly Fundable[][]) => of.filter((own) => own.every(isPaid)).length / of.length
  const rates = by_place.map(rate).toSorted((a, b) => a - b)
  const at = (part: number) => `${((rates[Math.round((rates.length - 1) * part)] ?? 0) * 100).toFixed(1)} %`
  console.log(
    `of ${rates.length} villages with 20 plans or more: least served ${at(0)}, middle ${at(0.5)}, best ${at(1)}`,
  )
  const deep = plans.toSorted((a, b) => (a[0]?.score ?? 0) - (b[0]?.score ?? 0))
  const third = Math.floor(deep.length / 3)
  console.log(
    `paid whole of the least urgent third ${whole(deep.slice(0, third))}, of the most urgent ${whole(deep.slice(-third))}`,
  )
}

const out_dir = await mkdtemp(join(tmpdir(), 'doorstep-plans-'))
try {
  const { pack, problems } = await loadPack(fileURLToPath(new URL('../../packs/china-2014', import.meta.url)))
  if (!pack) throw new Error(problems.map((each) => each.message).join('\n'))
  await generate({ households: Number(values.households), seed: Number(values.seed), out_dir })
  const cases = await plansOf(out_dir, pack)
  console.log(`plans: ${cases.length}`)
  tellPlans(cases, pack)
  await tellMoney(cases, pack)
} finally {
  await rm(out_dir, { recursive: true, force: true })
}
