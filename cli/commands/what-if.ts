import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Option, type Command } from 'commander'
import type { WhatIfResult } from '#cycle/03-assess/what-if/run.ts'
import { RULE_KINDS, type Changes } from '#cycle/03-assess/what-if/changes.ts'
import { problem } from '#door/problems.ts'
import { CallFailed, type Client } from '#server/client.ts'
import { example } from '../example.ts'
import { packOf, settingsOf, unwrap, withClient, type Common } from '../open.ts'
import { progressLine } from '../progress.ts'
import { tell } from '../tell.ts'
import { tellWhatIf } from '../what-if-told.ts'

interface Options extends Common {
  area: string
  set: string[]
  rule: string[]
  pack?: string
  date?: string
  snapshot?: string
}

const gather = (value: string, before: string[]): string[] => [...before, value]

/** `doorstep whatif`: whom other figures or rules would find poor, over the registry or over a snapshot of a nation. */
export function whatIfCommands(program: Command): void {
  program
    .command('whatif')
    .description('whom other figures or rules would find poor, and whom no longer; nothing is written')
    .requiredOption('--area <code>', 'area code: a village, a county, a province, the nation')
    .addOption(new Option('--set <figure=value>', 'a figure in its own unit').argParser(gather).default([], 'none'))
    .addOption(
      new Option('--rule <kind:code=rule>', `a rule as it would be; kinds: ${RULE_KINDS.join(', ')}`)
        .argParser(gather)
        .default([], 'none'),
    )
    .option('--pack <folder>', 'the rule files of a draft pack, in place of those in force')
    .option('--date <day>', 'day on which ages count and figures are read (default: the pack’s)')
    .option('--snapshot <folder>', 'Parquet files of a nation instead of the registry; needs no server')
    .addHelpText(
      'after',
      example(
        'whatif --set income_line=4000 --area 36',
        `whatif --rule indicator:housing="house_grade in ['A', 'B', 'C']" --area 360781`,
        'whatif --pack ./draft --area 360781 --json',
        'whatif --set income_line=4000 --area CN --snapshot ./nation',
      ),
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const line = progressLine(options.json === true)
      const changes = changesOf(options)
      try {
        const result = options.snapshot
          ? await onSnapshot(options, changes, options.snapshot, (done, total) =>
              line.say('Asking the rules', done, total),
            )
          : await withClient({ ...options, acts: { action: 'assess.what_if', area_code: options.area } }, (client) =>
              onRegistry(client, options, changes, (message, done, total) => line.say(message, done, total)),
            )
        line.end()
        if (options.json) tell(result, true)
        else console.log(tellWhatIf(result, (await packOf(settingsOf(options))).currency))
      } finally {
        line.end()
      }
    })
}

function changesOf({ set, rule, pack }: Options): Changes {
  const parameters = set.map((text): [string, string] => {
    const at = text.indexOf('=')
    if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1)]
    throw problem('whatif_bad_value', { detail: `--set ${text}: write figure=value, for instance income_line=4000.` })
  })
  const rules = rule.map((text): Changes['rules'][number] => {
    const found = /^(\w+)(?::([\w-]+))?=(.*)$/s.exec(text)
    const kind = RULE_KINDS.find((each) => each === found?.[1])
    if (found && kind) return { kind, code: found[2] ?? '', source: found[3] ?? '' }
    const detail = `--rule ${text}: write kind:code=rule with one of the kinds ${RULE_KINDS.join(', ')}.`
    throw problem('whatif_unknown_rule', { detail })
  })
  return { parameters: Object.fromEntries(parameters), rules, files: pack === undefined ? {} : filesOf(pack) }
}

function filesOf(folder: string): Record<string, string> {
  const rules = join(folder, 'rules')
  if (!existsSync(rules)) throw problem('whatif_bad_file', { detail: `There is no folder ${rules}.` })
  const names = readdirSync(rules).filter((name) => name.endsWith('.yaml'))
  return Object.fromEntries(names.map((name) => [`rules/${name}`, readFileSync(join(rules, name), 'utf8')]))
}

/** Through the door, telling how far the job is. */
async function onRegistry(
  client: Client,
  { area, date }: Options,
  changes: Changes,
  say: (message: string, done: number, total: number) => void,
): Promise<WhatIfResult> {
  const json = { area_code: area, changes, ...(date === undefined ? {} : { reference_date: date }) }
  const begun = await unwrap(client.api['what-if'].$post({ json }, { headers: { prefer: 'respond-async' } }))
  for (;;) {
    const job = await unwrap(client.api.jobs[':job_id'].$get({ param: { job_id: begun.job_id } }))
    const result = job.result as unknown
    if (job.state === 'done') return result as WhatIfResult
    if (job.state === 'failed') {
      const { code = 'internal_error', detail } = (result ?? {}) as { code?: string; detail?: string }
      throw new CallFailed(422, { code, title: detail ?? code, action: 'Ask again.', ...(detail ? { detail } : {}) })
    }
    say(messageOf(job.message), job.done, job.total ?? 0)
    await sleep(200)
  }
}

const messageOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'en' in message ? String(message.en) : 'Asking the rules'

async function onSnapshot(
  options: Options,
  changes: Changes,
  folder: string,
  say: (done: number, total: number) => void,
): Promise<WhatIfResult> {
  // Loaded here, so that other commands start at once.
  const [{ snapshotWhatIf }, { changedBook }, { rulebookOf }] = await Promise.all([
    import('#cycle/03-assess/what-if/snapshot.ts'),
    import('#cycle/03-assess/what-if/changes.ts'),
    import('#packs/rulebook.ts'),
  ])
  const pack = await packOf(settingsOf(options))
  const before = rulebookOf(pack)
  const after = changedBook(before, changes)
  const reference_date = options.date ?? pack.reference_date
  return snapshotWhatIf(folder, { area_code: options.area, before, after, reference_date }, say)
}
