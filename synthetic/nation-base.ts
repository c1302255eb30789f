// The households a nation is drawn from: a small made world (`generate.ts`) as typed tables, one column a field.
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FieldType } from '#engines/rules/schema.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import { madeGroups } from './country/areas.ts'
import { quote, rowsOf, type Duck } from './duck.ts'
import { generate, GENERATOR_VERSION, readManifest, tableGlob } from './country/generate.ts'

/** Townships of six counties in six provinces; only the spread of villages matters, not where they lie. */
const TOWNSHIPS = ['360781107', '522401100', '532501100', '621102100', '430426100', '510402100']

/** Money is drawn anew for every household, dates of birth for every member; everything else is kept. */
export type BaseColumn = { name: string; type: FieldType; sql: string }

export type Base = {
  households: number
  /** Villages of the base: a village of the nation is filled from one of them, so that poverty stays in clusters. */
  villages: { first: number; households: number }[]
  columns: { household: BaseColumn[]; members: BaseColumn[] }
}

/** A small base lies in one township (each takes a second to make, however few live there); 60,000 in all six. */
const TOWNSHIP_HOUSEHOLDS = 10_000

/** Folder of the base world of a seed; made once, kept for the next run. */
export async function baseWorld(options: {
  households: number
  seed: number
  cache_dir?: string
  threads?: number
  progress?: (step: string) => void
}): Promise<string> {
  const { households, seed } = options
  const cache = options.cache_dir ?? join(tmpdir(), 'doorstep-nation-base')
  const townships = TOWNSHIPS.slice(0, Math.ceil(households / TOWNSHIP_HOUSEHOLDS))
  const out_dir = join(cache, `${GENERATOR_VERSION}-${seed}-${households}-${townships.length}`)
  const known = await readManifest(out_dir).catch(() => undefined)
  if (known?.households === households && known.seed === seed) return out_dir
  options.progress?.(`base world of ${households} households`)
  const villages = Math.max(2, Math.min(30, Math.round(households / townships.length / 300)))
  const areas = townships.flatMap((township) => madeGroups(township, villages, villages * 10))
  await generate({ households, seed, out_dir, areas, threads: options.threads ?? 2 })
  return out_dir
}

/** Fields of the household, of each member, and the registers, that the rules of the pack speak of. */
export function fieldsRead(book: Rulebook): { household: string[]; members: string[]; registers: string[] } {
  const { compiled } = book
  const rules = [
    ...compiled.derived.map(({ ready }) => ready),
    ...Object.values(compiled.indicators).flatMap(({ met, applies }) => [met, ...(applies ? [applies] : [])]),
    ...Object.values(compiled.vetoes),
    ...Object.values(compiled.causes).flatMap(({ rule, closes }) => [rule, closes.income]),
    ...Object.values(compiled.measures).flatMap(({ condition, cost, closes }) => [condition, cost, closes.income]),
    ...Object.values(compiled.exit.stops),
  ].map(({ rule }) => rule)
  const derived = new Set(compiled.derived.map(({ name }) => name))
  const household = new Set(rules.flatMap((rule) => rule.fields).filter((name) => !derived.has(name)))
  household.add('household_size')
  household.add('stated_cause')
  const members = Object.entries(compiled.schema.lists['members'] ?? {})
    .filter(([, type]) => type.type !== 'text')
    .map(([name]) => name)
  const registers = book.pack.registers.filter((name) => rules.some((rule) => rule.source.includes(`'${name}'`)))
  return { household: [...household].filter((name) => name in compiled.schema.household).sort(), members, registers }
}

/**
 * Makes the tables `base_households` (base_row from 0, village by village), `base_members` (member_row from 0, in the
 * order of households) and `base_registers` in `duck`. Register entries belong to a household by the truth: who stands
 * in the register lives there. Answers are those of the first visit.
 */
export async function loadBase(duck: Duck, world: string, book: Rulebook): Promise<Base> {
  const read = async (folder: 'world' | 'truth', table: string) =>
    `read_parquet(${quote(await tableGlob(world, folder, table))})`
  const run = (sql: string) => duck.connection.run(sql)
  const fields = fieldsRead(book)
  await run(`create or replace temp table picked as
    select row_number() over (order by area_code, instance_id) - 1 as base_row, instance_id, true_household_id, left(area_code, 12) as village
    from ${await read('world', 'submissions')} s join ${await read('truth', 'submission_truth')} t using (instance_id)
    where kind in ('main', 'moved')`)
  const household = await columnsOf(duck, book, null, fields.household, await read('world', 'submissions'))
  await run(`create or replace temp table base_rows as
    select p.base_row::integer as base_row, p.village, ${household.map((each) => `${each.sql} as ${each.name}`).join(', ')}
    from ${await read('world', 'submissions')} s join picked p using (instance_id)`)
  const members = await columnsOf(duck, book, 'members', fields.members, await read('world', 'members'))
  const reference = `date ${quote(book.pack.reference_date)}`
  // What a date of birth may become without a change of age on the pack's day: schooling and work go with age.
  await run(`create or replace temp table base_members as
    select (row_number() over (order by p.base_row, s.position) - 1)::integer as member_row, p.base_row::integer as base_row,
      (${reference} - (s.birth_date + to_years(date_sub('year', s.birth_date, ${reference})::integer))::date)::integer as since_birthday,
      ${members.map((each) => `${each.sql} as ${each.name}`).join(', ')}
    from ${await read('world', 'members')} s join picked p using (instance_id) order by member_row`)
  await run(`create or replace temp table base_households as
    select b.*, m.first_member, m.member_count
    from base_rows b join (select base_row, min(member_row) as first_member, count(*)::integer as member_count
      from base_members group by base_row) m using (base_row) order by base_row`)
  await run(`create or replace temp table base_registers as
    select p.base_row::integer as base_row, r.record_id, r.register, r.value::integer as value
    from ${await read('world', 'registers')} r join ${await read('truth', 'register_truth')} t using (record_id, register)
    join ${await read('truth', 'persons')} h using (true_person_id) join picked p using (true_household_id)
    where r.register in (${fields.registers.map(quote).join(', ')}) order by p.base_row, r.register, r.record_id`)
  const villages = await rowsOf<{ first: number; households: number }>(
    duck,
    'select min(base_row)::integer as first, count(*)::integer as households from base_households group by village order by first',
  )
  const total = villages.reduce((sum, village) => sum + village.households, 0)
  return { households: total, villages, columns: { household, members } }
}

/** Columns with their type on disk: choices as an enumeration (made here), money and counts as 32 bits. */
async function columnsOf(
  duck: Duck,
  book: Rulebook,
  list: string | null,
  names: string[],
  from: string,
): Promise<BaseColumn[]> {
  const types = list === null ? book.compiled.schema.household : book.compiled.schema.lists[list]!
  const made: BaseColumn[] = []
  for (const name of names) {
    const type = types[name]!
    if (type.type === 'choice') {
      const kind = `choice_${list ?? 'household'}_${name}`
      await duck.connection.run(`drop type if exists ${kind}`)
      await duck.connection.run(
        `create type ${kind} as enum (select distinct ${name} from ${from} where ${name} is not null order by 1)`,
      )
      made.push({ name, type, sql: `s.${name}::${kind}` })
    } else {
      const cast = { money: '::integer', int: '::integer', decimal: '::double', date: '::date', bool: '::boolean' }
      made.push({ name, type, sql: `s.${name}${cast[type.type as keyof typeof cast] ?? ''}` })
    }
  }
  return made
}

/** A whole number below 2^64 for one purpose of one seed, as an SQL literal: what the dice are thrown with. */
export function salt(seed: number, purpose: string): string {
  const digest = createHash('sha256').update(`nation:${seed}:${purpose}`).digest()
  return `${digest.readBigUInt64BE(0)}::ubigint`
}
