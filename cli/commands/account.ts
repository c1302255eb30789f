import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import { mustBeStrong } from '#door/sign-in/password-rules.ts'
import { hashPassword } from '#door/sign-in/passwords.ts'
import { problem } from '#door/problems.ts'
import { roles } from '#door/permit/roles.ts'
import { audit, NATION } from '#registry/audit/audit.ts'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { example } from '../example.ts'
import { packOf, withRegistry, type Common } from '../open.ts'
import { tell } from '../tell.ts'

interface AccountOptions extends Common {
  name: string
  role: string
  area: string
  passwordFile?: string
}

/** The first accounts of a registry, made by whoever keeps its data folder; later ones come through the door. */
export function accountCommands(program: Command): void {
  const account = program.command('account').description('accounts of people')
  account
    .command('add')
    .description('make an account on the data folder; without a password it can only be acted as with --as')
    .argument('<login>', 'lower-case letters, digits, . _ -')
    .requiredOption('--name <name>', 'the name as people write it')
    .addOption(
      new Option('--role <role>', 'what the person may do')
        .choices(roles.filter((role) => role !== 'public'))
        .makeOptionMandatory(),
    )
    .requiredOption('--area <code>', 'area in which the person may do it')
    .option('--password-file <file>', 'file whose first line is the password, 12 characters or more')
    .addHelpText('after', example('account add ana.mora --name "Ana Mora" --role county_officer --area 360781'))
    .action(async (login: string, _, command: Command) => {
      const options = command.optsWithGlobals<AccountOptions>()
      const password_hash = options.passwordFile ? await hashOf(options.passwordFile, login, options.name) : null
      const { placePack } = await import('#server/place/pack.ts')
      const account_id = await withRegistry(options, async (registry, settings) => {
        const pack = await packOf(settings)
        await placePack(registry, pack, () => {})
        return add(registry, login, options, password_hash, pack.role_levels)
      })
      tell({ account_id, login, role: options.role, area_code: options.area }, options.json)
    })
}

async function hashOf(file: string, login: string, name: string) {
  const [password = ''] = (await readFile(file, 'utf8')).split(/\r?\n/)
  mustBeStrong(password, { login, names: [name] })
  return hashPassword(password)
}

async function add(
  registry: Registry,
  login: string,
  options: AccountOptions,
  password_hash: string | null,
  levels: Record<string, string[]> | undefined,
) {
  if (!/^[a-z0-9][a-z0-9._-]{1,63}$/.test(login)) {
    throw problem('request_invalid', { detail: `${login} is no login: lower-case letters, digits, dot, _ and - only.` })
  }
  const { name, role, area: area_code } = options
  const account_id = randomUUID()
  await transact(registry, SYSTEM, async (tx) => {
    const area = await tx.selectFrom('area').select('level').where('area_code', '=', area_code).executeTakeFirst()
    if (!area) throw problem('not_found', { detail: `There is no area ${area_code}.` })
    if (levels !== undefined && !levels[role]?.includes(area.level))
      throw problem('role_not_here', { detail: `A ${area.level} has no ${role}.` })
    const made = await tx
      .insertInto('account')
      .values({ account_id, login, name: JSON.stringify({ en: name, zh: name }), password_hash, disabled_at: null })
      .onConflict((conflict) => conflict.column('login').doNothing())
      .executeTakeFirst()
    if (made.numInsertedOrUpdatedRows !== 1n) {
      throw problem('request_invalid', { detail: `There is an account ${login} already.` })
    }
    await tx.insertInto('account_role').values({ account_id, role, area_code, granted_by: null }).execute()
    await audit(tx, {
      county_code: NATION,
      action: 'account.create',
      subject_kind: 'account',
      subject_id: account_id,
      detail: { login, roles: [{ role, area_code }] },
    })
  })
  return account_id
}
