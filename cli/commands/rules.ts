// Versions of the rules from the command line: the same drafts, check and second person as on the screen.
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { RuleTexts } from '#packs/overlay.ts'
import { exits } from '../exit.ts'
import { example } from '../example.ts'
import { unwrap, withClient, type Common } from '../open.ts'
import { tell } from '../tell.ts'

/** Under `doorstep pack`: what is in force, from files into a draft, from a draft into force, and back into files. */
export function rulesCommands(pack: Command): void {
  pack
    .command('versions')
    .description('versions of the rules: who put what in force, when and why')
    .addHelpText('after', example('pack versions'))
    .action(async (_, command: Command) => {
      const common = command.optsWithGlobals<Common>()
      const found = await withClient(common, (client) => unwrap(client.api.rules.versions.$get()))
      if (common.json) return tell(found, true)
      for (const { number, published_at, title, published_by, rules_hash } of found.items)
        console.log(`${number}  ${published_at}  ${rules_hash.slice(0, 12)}  ${published_by?.en ?? '-'}  ${title}`)
      console.log(`in force: ${found.in_force.number} (${found.in_force.rules_hash.slice(0, 12)})`)
    })

  pack
    .command('export')
    .description('write the rule and word files of a version over a pack’s folder, to be committed to git')
    .argument('<folder>', 'folder of the pack')
    .option('--of <version>', 'a number, `force`, or `draft:` and its id', 'force')
    .addHelpText('after', example('pack export packs/china-2014', 'pack export packs/china-2014 --of 3'))
    .action(async (folder: string, _, command: Command) => {
      const options = command.optsWithGlobals<Common & { of: string }>()
      const { files, rules_hash } = await withClient(options, (client) => textsOf(client, options.of))
      const before = (await exists(folder)) ? await folderTexts(resolve(folder)) : {}
      const changed = Object.entries(files).filter(([name, text]) => before[name] !== text)
      for (const [name, text] of changed) {
        const path = join(resolve(folder), name)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, text)
      }
      tell({ rules_hash, files: Object.keys(files).length, written: changed.map(([name]) => name) }, options.json)
    })

  pack
    .command('diff')
    .description('what differs between two states of the rules, entry by entry (exit code 1 where anything does)')
    .argument('<from>', 'a number, `force`, `draft:` and its id, or a folder')
    .argument('<to>', 'the same')
    .addHelpText('after', example('pack diff force packs/china-2014', 'pack diff 2 3'))
    .action(async (from: string, to: string, _, command: Command) => {
      const common = command.optsWithGlobals<Common>()
      const { diffRules } = await import('#cycle/03-assess/workbench/drafts.ts')
      const read = async (name: string): Promise<RuleTexts> =>
        (await exists(name))
          ? folderTexts(resolve(name))
          : withClient(common, async (client) => (await textsOf(client, name)).files)
      const changes = diffRules(await read(from), await read(to))
      if (common.json) tell({ changes }, true)
      else {
        for (const { id, change, changes: parts } of changes) {
          console.log(`${id}: ${change}`)
          for (const { path, before, after } of parts) {
            if (before !== null) console.log(`  - ${path}: ${before}`)
            if (after !== null) console.log(`  + ${path}: ${after}`)
          }
        }
        console.log(`${changes.length} ${changes.length === 1 ? 'entry differs' : 'entries differ'}`)
      }
      if (changes.length > 0) process.exitCode = exits.found
    })

  pack
    .command('draft')
    .description('bring a folder’s rule and word files in as a draft over the rules in force')
    .argument('<folder>', 'folder of the pack')
    .requiredOption('--title <text>', 'what it changes, in a few words')
    .requiredOption('--why <text>', 'why, and who decided it')
    .addHelpText(
      'after',
      example('--as wang.jing pack draft packs/china-2014 --title "Line of 2021" --why "Decision 7"'),
    )
    .action(async (folder: string, _, command: Command) => {
      const options = command.optsWithGlobals<Common & { title: string; why: string }>()
      const files = await folderTexts(resolve(folder))
      const { title, why } = options
      const drafted = await withClient(options, async (client) => {
        const { draft_id } = await unwrap(client.api.rules.drafts.$post({ json: { title, why, files } }))
        const draft = await unwrap(client.api.rules.drafts[':draft_id'].$get({ param: { draft_id } }))
        return {
          draft_id,
          revision: draft.revision,
          changed: draft.changes.map((each) => each.id),
          problems: draft.problems.map(({ file, at, message }) => `${file} ${at ?? ''}: ${message}`),
        }
      })
      tell(drafted, options.json)
      if (drafted.problems.length > 0) process.exitCode = exits.found
    })

  pack
    .command('publish')
    .description('put a draft in force; by another person than any who wrote it')
    .argument('<draft_id>', 'the draft')
    .addHelpText('after', example('--as deng.kai pack publish 4f7b…'))
    .action(async (draft_id: string, _, command: Command) => {
      const common = command.optsWithGlobals<Common>()
      const done = await withClient(common, async (client) => {
        const { revision } = await unwrap(client.api.rules.drafts[':draft_id'].$get({ param: { draft_id } }))
        return unwrap(client.api.rules.drafts[':draft_id'].publish.$post({ param: { draft_id }, json: { revision } }))
      })
      tell(done, common.json)
    })
}

type Client = Parameters<Parameters<typeof withClient>[1]>[0]

const textsOf = (client: Client, of: string) => unwrap(client.api.rules.files.$get({ query: { of } }))

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** The rule and word files of a folder, whether or not they pass the check. */
async function folderTexts(folder: string): Promise<RuleTexts> {
  const [{ packFiles }, { isRuleFile }] = await Promise.all([import('#packs/load.ts'), import('#packs/overlay.ts')])
  const files = [...(await packFiles(folder))].filter(([name]) => isRuleFile(name))
  return Object.fromEntries(files.map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]))
}
