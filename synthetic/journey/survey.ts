// 2014, spring: every door. Surveyors send what they were told; the departments send their lists; who is who.
import { formOf } from '#packs/forms.ts'
import { CallFailed } from '#server/client.ts'
import { openDuck, quote, rowsOf } from '../duck.ts'
import { tableGlob } from '../country/generate.ts'
import { submissionsOf } from '../country/submissions.ts'
import type { Knowledge } from './knowledge.ts'
import { pieces, resultOf, unwrap, type Stage } from './stage.ts'

/** Send one round of submissions, each surveyor his own, in the order they were made. */
export async function sendRound(stage: Stage, round: number, expected: number): Promise<number> {
  const form = formOf(stage.pack, stage.pack.card_form)
  const waiting = new Map<string, { xml: string; submitted_at: string }[]>()
  let sent = 0
  const send = async (login: string) => {
    const batch = waiting.get(login) ?? []
    waiting.delete(login)
    const last = batch.at(-1)
    if (!last) return
    stage.at(last.submitted_at)
    const client = await stage.as(login)
    await unwrap(client.api.survey.submissions.$post({ json: { submissions: batch.map((each) => each.xml) } }))
    sent += batch.length
    stage.say(`Survey round ${round}: submissions at the door`, sent, expected)
  }
  for await (const made of submissionsOf(stage.world_dir, form, { round })) {
    const batch = waiting.get(made.surveyor_login) ?? []
    batch.push({ xml: made.xml, submitted_at: made.submitted_at })
    waiting.set(made.surveyor_login, batch)
    if (batch.length >= 500) await send(made.surveyor_login)
  }
  for (const login of [...waiting.keys()]) await send(login)
  return sent
}

interface RegisterRow {
  register: string
  record_id: string
  national_id: string | null
  name: string | null
  value: number | null
  detail: string | null
  since: string | null
}

/** The other departments' lists come in. */
export async function sendRegisters(stage: Stage): Promise<number> {
  const client = await stage.as('zhong.wei')
  const duck = await openDuck()
  let sent = 0
  try {
    const path = quote(await tableGlob(stage.world_dir, 'world', 'registers'))
    const rows = await rowsOf<RegisterRow>(
      duck,
      `select register, record_id, national_id, name, value::double as value, detail, since::varchar as since
       from read_parquet(${path}) order by register, record_id`,
    )
    for (const [register, records] of Map.groupBy(rows, (row) => row.register)) {
      for (const batch of pieces(records, 2000)) {
        await unwrap(
          client.api.survey.registers.$post({
            json: {
              register,
              county_code: stage.county_code,
              records: batch.map(({ register: _, ...record }) => record),
            },
          }),
        )
        sent += batch.length
        stage.say('Departments’ lists', sent, rows.length)
      }
    }
  } finally {
    duck.close()
  }
  return sent
}

export interface MatchResult {
  submissions: number
  households_created: number
  submissions_linked: number
  duplicates_found: number
  persons_created: number
  members_linked: number
  records_linked: number
  reviews_opened: number
}

/** Match everything that is new. */
export async function match(stage: Stage): Promise<MatchResult> {
  stage.say('Who is who')
  const client = await stage.as('zhong.wei')
  return resultOf<MatchResult>(await unwrap(client.api.match.run.$post({ json: { area_code: stage.county_code } })))
}

interface Question {
  left_id: string
  left_household_id: string | null
  right_household_id: string
  match_weight: number
}

/**
 * Clerical review: two officers look at the doubtful pairs. They are right 97 times in 100 (our assumption; ONS reports
 * 99.9 % precision after review, linkage.md 3). What two people must answer, both answer; where they disagree, the
 * county decides. `leave` pairs stay open, so that a newcomer finds some to decide. Half a minute a pair.
 */
export async function reviewPairs(
  stage: Stage,
  knowledge: Knowledge,
  leave: number,
  begins_at: string,
): Promise<number> {
  const chance = stage.chance('clerical review')
  const reader = await stage.as('li.guoqiang')
  const seen = new Set<string>()
  let decided = 0
  let at = Date.parse(begins_at)
  for (;;) {
    const page = await unwrap(
      reader.api.match.reviews.$get({ query: { area_code: stage.township, state: 'open', limit: '200' } }),
    )
    const fresh = page.items
      .filter((item) => !seen.has(item.review_id))
      .toSorted(byWeightAndHouseholds)
      .slice(0, Math.max(0, page.left - leave))
    if (fresh.length === 0) return decided
    for (const item of fresh) {
      seen.add(item.review_id)
      const left = item.left_household_id === null ? undefined : knowledge.truth_of.get(item.left_household_id)
      const same = left !== undefined && left === knowledge.truth_of.get(item.right_household_id)
      const pair = ['li.guoqiang', 'liu.xiaomei']
      for (const login of [...(decided % 2 === 0 ? pair : pair.toReversed()), 'chen.lihua']) {
        const says = chance.uniform() < 0.97 ? same : !same
        const client = await stage.as(login)
        at += 30_000
        stage.at(new Date(at).toISOString())
        const answer = await unwrap(
          client.api.match.reviews[':review_id'].$post({
            param: { review_id: item.review_id },
            json: { decision: says ? 'accepted' : 'rejected', note: says ? '同一户' : '不是同一户' },
          }),
        ).catch(settledMeanwhile)
        if (answer?.awaiting) continue
        if (answer) decided += 1
        break
      }
    }
    stage.say('Clerical review of doubtful pairs', decided, decided + page.left)
  }
}

/**
 * As the desk lists them, but that questions of one weight follow their households: the desk has them by their id, which
 * is random, and so another pair met the clerk's rare mistake in another life of the demo. Weights to a millionth of a bit:
 * sums taken by two threads differ behind that.
 */
function byWeightAndHouseholds(a: Question, b: Question): number {
  const names = (one: Question) => `${one.left_household_id} ${one.right_household_id} ${one.left_id}`
  const weight = (one: Question) => Math.round(one.match_weight * 1e6)
  return weight(b) - weight(a) || (names(a) < names(b) ? -1 : 1)
}

/**
 * An earlier decision may have settled this question too: it is decided, or its households are one by now. Any other
 * refusal is a fault, and is thrown.
 */
function settledMeanwhile(error: unknown): null {
  const code = error instanceof CallFailed ? error.problem.code : ''
  if (code === 'match_review_decided' || code === 'match_review_stale') return null
  throw error
}
