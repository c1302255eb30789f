import { openDuck, rowsOf } from '../duck.ts'
import { tableGlob } from './generate.ts'

/** One measured figure of a made world with the band it must stay in. Shares are of 1. */
export type Marginal = { name: string; value: number; low: number; high: number; basis: string }

const row = (name: string, value: number | undefined, low: number, high: number, basis: string): Marginal => ({
  name,
  value: Number(value),
  low,
  high,
  basis,
})

/** Published totals are for a township of 17,000 households; shares hold at any size. */
export async function marginals(out_dir: string): Promise<Marginal[]> {
  const duck = await openDuck()
  const at = async (folder: 'world' | 'truth', table: string) =>
    `read_parquet('${await tableGlob(out_dir, folder, table)}')`
  try {
    const households = await at('truth', 'households')
    const persons = await at('truth', 'persons')
    const told = await at('truth', 'member_truth')
    const visits = await at('truth', 'submission_truth')
    const submissions = await at('world', 'submissions')
    const registers = await at('truth', 'register_truth')
    const from = async (sql: string): Promise<Record<string, number>> =>
      (await rowsOf<Record<string, number>>(duck, sql))[0]!
    const h =
      await from(`select count(*)::double as n, sum(household_size)::double as people, avg(true_poor::integer) as poor,
      count(*) filter (where true_poor)::double as poor_n, coalesce(sum(household_size) filter (where true_poor), 0)::double as poor_people,
      count(distinct area_code)::double as groups, median(true_net_income_per_capita) / 100 as median_income,
      avg((true_main_cause = '01')::integer) filter (where true_poor) as illness,
      max(n_cause) / count(*) filter (where true_poor) as largest, min(n_cause) as least_cause,
      avg(true_poor::integer) filter (where village_is_poor) / avg(true_poor::integer) filter (where village_is_rich) as contrast,
      count(*) filter (where hard_poor_in_rich_village) / count(*) filter (where true_poor) as hard_poor,
      count(*) filter (where hard_rich_in_poor_village) / count(*) as hard_rich
      from ${households} left join (select true_main_cause, count(*) as n_cause from ${households} where true_poor group by 1) using (true_main_cause)`)
    const p = await from(`select avg((disability <> 'none')::integer) as disabled, avg((sex = 'male')::integer) as male,
      avg((birth_date <= date '1954-05-01')::integer) as aged, avg((birth_date > date '1999-05-01')::integer) as young,
      avg(medical_insurance::integer) as insured, avg(works_away::integer) as away,
      1 - count(*) filter (where schooling = 'dropped_out') / count(*) filter (where birth_date between date '1998-05-02' and date '2008-05-01')
        as at_school from ${persons}`)
    const m = await from(`select avg(name_wrong::integer) as name_wrong, avg(id_missing::integer) as id_missing,
      avg(id_wrong::integer) as id_wrong, avg(birth_date_wrong::integer) as date_wrong from ${told}`)
    const v =
      await from(`select (count(*) - count(distinct true_household_id)) / count(distinct true_household_id) as twice,
      1 - count(distinct true_household_id) / ${h['n']} as never, avg(strategic::integer) as strategic from ${visits}`)
    const s =
      await from(`select avg(((debt is null)::integer + (wage_income is null)::integer + (property_income is null)::integer
      + (owns_town_house is null)::integer + (medical_expense is null)::integer) / 5.0) as missing from ${submissions}`)
    const r =
      await from(`select avg((state <> 'right')::integer) filter (where register in ('vehicle', 'business', 'property', 'payroll')) as wrong
      from ${registers}`)
    const scale = h['n']! / 17_000
    return [
      row('people', h['people'], 70_000 * scale, 75_000 * scale, 'published: more than 70,000'),
      row('groups', h['groups'], 1, 399, 'published: 399'),
      row('poor households', h['poor_n'], 2_070 * scale, 2_530 * scale, 'published: about 2,300'),
      row('poor people', h['poor_people'], 7_600 * scale, 8_900 * scale, 'published: about 8,000'),
      row('share of households poor', h['poor'], 0.122, 0.149, 'published totals: 13.5 %'),
      row('poor by illness', h['illness'], 0.38, 0.46, 'published: 42 % (2013/14) to 44 % (2015)'),
      row('median net income a person, yuan', h['median_income'], 5_500, 9_500, 'made'),
      row('poverty in poor villages over rich ones', h['contrast'], 1.4, 4, 'made'),
      row('of the poor, in rich villages', h['hard_poor'], 0.12, 0.3, 'made: the first hard group'),
      row('of all, comfortable in poor villages', h['hard_rich'], 0.1, 0.22, 'made: the second hard group'),
      row('people with a disability', p['disabled'], 0.055, 0.072, 'commonly cited: 6.34 % (2006)'),
      row('men', p['male'], 0.49, 0.54, 'made'),
      row('aged 60 and over', p['aged'], 0.12, 0.19, 'made'),
      row('under 15', p['young'], 0.18, 0.27, 'made'),
      row('with medical insurance', p['insured'], 0.985, 0.999, 'commonly cited: over 98 %'),
      row('working away', p['away'], 0.18, 0.33, 'made'),
      row('of 6 to 15, at school', p['at_school'], 0.98, 0.9995, 'published: 98.83 % (2020 census)'),
      row('names typed wrong', m['name_wrong'], 0.012, 0.03, 'made'),
      row('ID numbers missing', m['id_missing'], 0.03, 0.05, 'made'),
      row('ID numbers wrong', m['id_wrong'], 0.01, 0.025, 'made'),
      row('birth dates wrong', m['date_wrong'], 0.03, 0.06, 'made'),
      row('submissions beyond the first', v['twice'], 0.02, 0.037, 'made: surveyed twice, moved, split families'),
      row('households never surveyed', v['never'], 0.005, 0.015, 'made: about 1 %'),
      row('answers bent to be chosen', v['strategic'], 0.02, 0.07, 'made'),
      row('sensitive answers missing', s['missing'], 0.08, 0.12, 'made: 10 %'),
      row('stale or wrong, four registers of belongings', r['wrong'], 0.01, 0.08, 'made'),
    ]
  } finally {
    duck.close()
  }
}

const figure = (x: number) => (Math.abs(x) >= 100 ? Math.round(x).toLocaleString('en') : String(Number(x.toFixed(4))))

/** The figures as a Markdown table. */
export function marginalsTable(list: Marginal[]): string {
  const lines = list.map(
    (m) => `| ${m.name} | ${figure(m.value)} | ${figure(m.low)} to ${figure(m.high)} | ${m.basis} |`,
  )
  return ['| figure | measured | band | basis |', '| --- | --- | --- | --- |', ...lines].join('\n')
}
