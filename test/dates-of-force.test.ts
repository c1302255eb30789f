// Every dated entry of every pack: asked on the day it comes into force and not the day before; on the last day before
// it ends and not on the day it ends.
import { describe, expect, test } from 'vitest'
import { memberChangeOf } from '#cycle/09-monitor/confirm/confirm.ts'
import { escalationOn } from '#cycle/09-monitor/escalate.ts'
import { alertsByChange, alertsOf } from '#cycle/09-monitor/monitor.ts'
import { prescribe } from '#cycle/07-prescribe/prescribe.ts'
import { addDays } from '#door/day.ts'
import { appraisalOn, exitNoticeDays, exitOn, type Dated } from '#packs/in-force.ts'
import { loadPack, type Pack } from '#packs/load.ts'
import type { Escalation, MemberChange } from '#packs/schema/schema.ts'
import { rankCauses } from '#packs/fit/rank-causes.ts'
import { areaChecks, complete, exitChecks, judge, rulebookOf, standAt } from '#packs/rulebook.ts'
import { packNames, root } from './house.ts'

const packs = await Promise.all(packNames().map(async (name) => (await loadPack(`${root}packs/${name}`)).pack!))

/** Where a dated entry stands in the pack, such as `exit.stops.3`. */
function datedOf(pack: Pack): { path: string[]; entry: Dated & { code?: string; name?: string } }[] {
  const found: ReturnType<typeof datedOf> = []
  const look = (value: unknown, path: string[]): void => {
    if (typeof value !== 'object' || value === null || path[0] === 'files' || path[0] === 'parameters') return
    if (typeof (value as Partial<Dated>).valid_from === 'string') found.push({ path, entry: value as Dated })
    for (const [key, inner] of Object.entries(value)) look(inner, [...path, key])
  }
  look(pack, [])
  return found
}

const area_code = '000000000000'
const nothing = {
  diagnosis_id: 'd',
  income_shortfall: null,
  unmet_indicators: [] as string[],
  main_cause: null,
  other_causes: [] as string[],
  score: 0,
}

/** The pack with a rule that is TRUE of everybody wherever it has one; of verdicts only the one named. */
function open(pack: Pack, verdict?: string): Pack {
  const all = <T extends { rule: string }>(list: readonly T[]) => list.map((each) => ({ ...each, rule: 'true' }))
  return {
    ...pack,
    derived: pack.derived.map((each) => ({ ...each, rule: each.type === 'bool' ? 'true' : '1' })),
    indicators: pack.indicators.map(({ applies: _, ...each }) => ({ ...each, met: 'true' })),
    verdicts: pack.verdicts.map((each) => ({ ...each, rule: each.code === verdict ? 'true' : 'false' })),
    priority: pack.priority && { ...pack.priority, rule: '7' },
    vetoes: all(pack.vetoes),
    causes: pack.causes.map((each) => ({
      ...each,
      rule: 'true',
      closes: { ...each.closes, income: '1', expense: '0' },
    })),
    measures: pack.measures.map((each) => ({
      ...each,
      condition: 'true',
      cost: '1',
      closes: { indicators: pack.indicators.map(({ code }) => code), income: '1', expense: '0' },
    })),
    alerts: all(pack.alerts),
    exit: pack.exit && {
      ...pack.exit,
      household: all(pack.exit.household),
      stops: all(pack.exit.stops),
      village: all(pack.exit.village),
      county: all(pack.exit.county),
    },
  }
}

const opened = new Map<string, Pack>()
function openedBy(pack: Pack, verdict?: string): Pack {
  const key = `${pack.pack_hash} ${verdict}`
  let found = opened.get(key)
  if (!found) opened.set(key, (found = open(pack, verdict)))
  return found
}

/** Does the entry act on that day, as the rooms ask it? */
function acts(pack: Pack, path: string[], day: string): boolean {
  const [chapter = '', part = '', ...rest] = path
  const entry = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], pack) as {
    code: string
    name: string
  }
  const book = rulebookOf(openedBy(pack, chapter === 'verdicts' ? entry.code : undefined))
  const at = standAt(book, day, area_code)
  const record = { household_size: 1, members: [], registers: [] }
  const has = (list: readonly { code: string }[]) => list.some((each) => each.code === entry.code)
  switch (chapter) {
    case 'derived':
      return complete(book, record, at)[entry.name] !== null
    case 'indicators':
      return has(judge(book, record, at).indicators)
    case 'verdicts': {
      // Of several with one code (there are none) the first would hide the next.
      const { verdict } = judge(book, record, at)
      return entry.code === 'needs_verification' ? true : verdict === entry.code
    }
    case 'priority':
      return judge(book, record, at).score === 7
    case 'vetoes':
      return has(judge(book, record, at).vetoes)
    case 'causes':
      return has(rankCauses(book, record, at).causes)
    case 'measures': {
      const made = prescribe(
        book,
        { household_id: 'h', area_code, record },
        { ...nothing, unmet_indicators: book.pack.indicators.map(({ code }) => code) },
        at,
      )
      return made.weighed.some((each) => each.measure_code === entry.code)
    }
    case 'alerts': {
      const raised = alertsOf(book, record, record, at).some((each) => each.rule_code === entry.code)
      for (const kind of book.pack.alerts.find((each) => each.code === entry.code)?.raised_by ?? []) {
        expect(alertsByChange(book.pack, kind, day).some((each) => each.rule_code === entry.code)).toBe(raised)
      }
      return raised
    }
    case 'escalation': {
      const { to } = pack.escalation[Number(part)] as Escalation
      return escalationOn(pack, day).some((step) => step.to === to)
    }
    case 'changes': {
      const { kind } = pack.changes[Number(part)] as MemberChange
      return memberChangeOf(pack, kind, day) !== undefined
    }
    case 'exit': {
      const now = exitOn(pack, day)
      if (part === 'household') return has(exitChecks(book, record, at).criteria)
      if (part === 'stops') return has(exitChecks(book, record, at).stops)
      if (part === 'village' || part === 'county') return has(areaChecks(book, part, {}, at))
      if (part === 'county_evaluation') return now?.county_evaluation !== undefined
      if (part === 'after_exit') return now?.after_exit !== undefined
      if (part === 'steps') {
        const level = rest[0] as 'household'
        if (entry.code === 'notice') return exitNoticeDays(now, level) !== null
        return has(now?.steps[level] ?? [])
      }
      break
    }
    case 'appraisal': {
      const now = appraisalOn(pack, day)
      // Without its quorum or one of its periods there is no appraisal at all.
      return part === 'steps' ? has(now?.steps ?? []) : now !== null
    }
  }
  throw new Error(`nobody asks whether ${path.join('.')} is in force`)
}

const FROM = '2030-03-01'
const TO = '2031-03-01'

/** The pack with every entry of it in force for one year from FROM on; of the appraisal only the entry itself moves. */
function windowed(pack: Pack): Pack {
  const put = (value: unknown, path: string[]): unknown => {
    if (Array.isArray(value)) return value.map((each, index) => put(each, [...path, String(index)]))
    if (typeof value !== 'object' || value === null) return value
    if (['files', 'parameters', 'words'].includes(path[0] ?? '') || path.at(-1) === 'source') return value
    const made = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, put(inner, [...path, key])]))
    return typeof made['valid_from'] === 'string' ? { ...made, valid_from: FROM, valid_to: TO } : made
  }
  return {
    ...(put({ ...pack, files: undefined }, []) as Pack),
    files: pack.files,
    pack_hash: `${pack.pack_hash} windowed`,
  }
}

describe.each(packs)('$id', (pack) => {
  const all = datedOf(pack)
  test('has dated entries, and its parts stay as written', () => {
    expect(all.length).toBeGreaterThan(5)
  })

  test('each acts from its first day on, and not the day before', () => {
    const wrong = all.flatMap(({ path, entry }) => {
      // Steps and periods of an appraisal are there once all of its periods are.
      const from = path[0] === 'appraisal' ? latest(pack) : entry.valid_from
      const told = [acts(pack, path, from), acts(pack, path, addDays(from, -1))]
      if (path[0] === 'verdicts' && entry.code === 'needs_verification') return []
      return told[0] && !told[1] ? [] : [`${path.join('.')} ${entry.code ?? ''} from ${from}: ${told.join(', ')}`]
    })
    expect(wrong).toEqual([])
  })

  test('each acts until the day before it ends, and not on that day', () => {
    const moved = windowed(pack)
    const wrong = datedOf(moved).flatMap(({ path, entry }) => {
      if (path[0] === 'verdicts' && entry.code === 'needs_verification') return []
      const told = [addDays(FROM, -1), FROM, addDays(TO, -1), TO].map((day) => acts(moved, path, day))
      return told.join() === 'false,true,true,false' ? [] : [`${path.join('.')} ${entry.code ?? ''}: ${told.join()}`]
    })
    expect(wrong).toEqual([])
  })
})

/** The day from which an appraisal has its quorum and all its periods. */
function latest({ appraisal }: Pack): string {
  const { quorum, first_notice_days, second_notice_days, announcement_days, objection_answer_days } = appraisal!
  const parts = [quorum, first_notice_days, second_notice_days, announcement_days, objection_answer_days]
  return parts
    .map((part) => part.valid_from)
    .sort()
    .at(-1)!
}
