import { DuckDBInstance } from '@duckdb/node-api'

export type Accuracy = { kept: number; f1_at: number; f1_best: number; best_weight: number; recall_kept: number }
export type Agreement = {
  ours: number
  theirs: number
  only_ours: number
  only_theirs: number
  greatest_difference: number
}

async function ask(sql: string): Promise<number[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run('set threads = 2')
    return (await connection.runAndReadAll(sql)).getRows()[0]!.map(Number)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Ids of a pair in one order for deduplication, as they stand for linking. */
const ordered = (file: string, dedupe: boolean, extra = '') =>
  dedupe
    ? `select least(left_id, right_id) as left_id, greatest(left_id, right_id) as right_id${extra} from read_parquet('${file}')`
    : `select left_id, right_id${extra} from read_parquet('${file}')`

/**
 * F1 of kept pairs against all true pairs, person by person without one-to-one: at `probability`, and at the weight where
 * it is greatest (which takes labels to find). True pairs that were never kept count as missed.
 */
export async function accuracyOf(
  pairs: string,
  truth: string,
  dedupe: boolean,
  probability: number,
): Promise<Accuracy> {
  const least = Math.log2(probability / (1 - probability))
  const [kept, f1_at, f1_best, best_weight, recall_kept] = await ask(`
with truth as (${ordered(truth, dedupe)}), n as (select count(*)::double as n from truth),
judged as (
  select match_weight as w, count(*) as linked, count(t.left_id) as correct
  from (${ordered(pairs, dedupe, ', match_weight')}) p left join truth t using (left_id, right_id) group by 1),
curve as (select w, sum(linked) over up as linked, sum(correct) over up as correct from judged window up as (order by w desc)),
f as (select w, 2.0 * correct / (linked + n) as f1, correct / n as recall, linked from curve, n)
select coalesce(max(linked), 0), coalesce((select f1 from f where w >= ${least} order by w limit 1), 0),
  coalesce(max(f1), 0), coalesce(arg_max(w, f1), 0), coalesce(max(recall), 0) from f`)
  return { kept: kept!, f1_at: f1_at!, f1_best: f1_best!, best_weight: best_weight!, recall_kept: recall_kept! }
}

/** How two files of kept pairs differ; the greatest difference of weights, in bits, over pairs that both kept. */
export async function agreementOf(ours: string, theirs: string, dedupe: boolean): Promise<Agreement> {
  const [a, b, only_ours, only_theirs, greatest_difference] = await ask(`
with o as (${ordered(ours, dedupe, ', match_weight')}), s as (${ordered(theirs, dedupe, ', match_weight')}),
both_of as (select o.match_weight as x, s.match_weight as y from o full join s using (left_id, right_id))
select count(x), count(y), count(*) filter (y is null), count(*) filter (x is null), coalesce(max(abs(x - y)), 0) from both_of`)
  return {
    ours: a!,
    theirs: b!,
    only_ours: only_ours!,
    only_theirs: only_theirs!,
    greatest_difference: greatest_difference!,
  }
}

/** The gate of a comparison of speeds: the same pairs, and weights that agree to a millionth of a bit. */
export function gatePasses(agreement: Agreement): boolean {
  const { ours, only_ours, only_theirs, greatest_difference } = agreement
  return ours > 0 && only_ours === 0 && only_theirs === 0 && greatest_difference <= 1e-6
}
