import type { Form } from '#engines/xforms/form.ts'
import { toSubmissionXml, type Answers } from '#engines/xforms/answers/submission.ts'
import { openDuck, quote, type Duck } from '../duck.ts'
import { tableGlob } from './generate.ts'

/** One submission as a device sends it. */
export type MadeSubmission = {
  instance_id: string
  round: number
  /** ISO 8601 with the offset of Beijing. */
  submitted_at: string
  device_id: string
  surveyor_login: string
  area_code: string
  xml: string
}

export type SubmissionsOptions = {
  /** Only submissions of this round; round 1 is the first survey. */
  round?: number
  /** Only areas whose code begins so. */
  area_code?: string
  limit?: number
}

type Row = Record<string, unknown> & { instance_id: string; started_at: string; submitted_at: string }

/** Rows of a world table as parsed JSON, in pieces: integers are numbers, dates `YYYY-MM-DD`, lists arrays. */
async function* jsonRows(duck: Duck, sql: string): AsyncGenerator<[Row, Answers[]]> {
  const result = await duck.connection.stream(sql)
  for await (const rows of result.yieldRowsJson()) {
    for (const [household, members] of rows) {
      yield [JSON.parse(String(household)) as Row, JSON.parse(String(members)) as Answers[]]
    }
  }
}

/** Submissions of a made world with their answers, in the order they were sent. */
export async function* answersIn(
  out_dir: string,
  options: SubmissionsOptions = {},
): AsyncGenerator<{ row: Row; answers: Answers }> {
  const round = options.round ?? 1
  const suffix = round === 1 ? '' : `-${round}`
  const submissions = quote(await tableGlob(out_dir, 'world', `submissions${suffix}`))
  const members = quote(await tableGlob(out_dir, 'world', `members${suffix}`))
  const where = options.area_code ? `where starts_with(area_code, ${quote(options.area_code)})` : ''
  const limit = options.limit === undefined ? '' : `limit ${Math.floor(options.limit)}`
  const duck = await openDuck()
  try {
    const sql = `with s as (select * from read_parquet(${submissions}) ${where} order by submitted_at, instance_id ${limit}),
      m as (select instance_id, to_json(list(x order by position)) as members from read_parquet(${members}) x
        where instance_id in (select instance_id from s) group by instance_id)
      select to_json(s)::varchar, coalesce(m.members::varchar, '[]') from s left join m using (instance_id)
      order by s.submitted_at, s.instance_id`
    for await (const [row, list] of jsonRows(duck, sql)) {
      // Keys of the table, no answers.
      for (const member of list) {
        delete member['instance_id']
        delete member['position']
      }
      yield { row, answers: { ...(row as Answers), members: list } }
    }
  } finally {
    duck.close()
  }
}

/**
 * Submissions of a made world as XML for `form` (the household card), in the order they were sent. Columns that are
 * no question of the form are left out.
 */
export async function* submissionsOf(
  out_dir: string,
  form: Form,
  options: SubmissionsOptions = {},
): AsyncGenerator<MadeSubmission> {
  for await (const { row, answers } of answersIn(out_dir, options)) {
    const device_id = String(row['device_id'])
    yield {
      instance_id: row.instance_id,
      round: Number(row['round']),
      submitted_at: row.submitted_at,
      device_id,
      surveyor_login: String(row['surveyor_login']),
      area_code: String(row['area_code']),
      xml: toSubmissionXml(form, answers, {
        instance_id: row.instance_id,
        device_id,
        start: row.started_at,
        end: row.submitted_at,
      }),
    }
  }
}
