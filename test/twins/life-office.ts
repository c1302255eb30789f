// What the office does beside the campaign: rules, thresholds, what-if, accounts.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Acting, Stage, Step, Village } from './stage.ts'
import { county_code, named } from './say.ts'

const drafts = 'POST /api/rules/drafts'
const of = (village: Village) => ({ draft_id: village.ids['draft_id'] ?? '' })
const learns = (answers: Record<string, unknown>[], village: Village) => {
  village.ids['draft_id'] = named(answers, 'draft_id')
}

export function officeLife({ pack }: Stage, { call }: Acting): Step[] {
  const parameter = pack.parameters[0]?.code ?? ''
  const begin = async (village: Village, title: string): Promise<void> =>
    learns([await call('zhong.wei', drafts, { json: { title, why: 'Plainer words for everybody.' } })], village)
  /** Houses of grade C count as safe, or not again, so that each publication changes something. */
  const edit = async (village: Village, safe: boolean): Promise<void> => {
    const entry_id = 'indicators.housing'
    const path = 'GET /api/rules/drafts/:draft_id/entries/:entry_id'
    const params = { ...of(village), entry_id }
    const { value } = await call<{ value: { met: string; examples: { expect: string }[] } }>('zhong.wei', path, {
      params,
    })
    const examples = value.examples.map((each, at) => (at === 1 ? { ...each, expect: safe ? 'met' : 'unmet' } : each))
    const met = `house_grade in ${safe ? "['A', 'B', 'C']" : "['A', 'B']"}`
    const json = { revision: 1, entries: [{ id: entry_id, value: { ...value, met, examples } }] }
    await call('zhong.wei', 'PATCH /api/rules/drafts/:draft_id', { params: of(village), json })
  }

  const rules: Step[] = [
    {
      route: 'POST /api/rules/check',
      as: 'zhong.wei',
      quiet: 'reads a rule',
      send: () => ({ json: { rule: 'household_size > 3' } }),
    },
    {
      route: drafts,
      as: 'zhong.wei',
      send: (village) => ({ json: { title: `Draft ${village.index}`, why: 'Plainer words for everybody.' } }),
      after: learns,
    },
    {
      route: 'PATCH /api/rules/drafts/:draft_id',
      as: 'zhong.wei',
      send: (village) => ({
        params: of(village),
        json: { revision: 1, title: `Draft ${village.index} again`, entries: [] },
      }),
    },
    {
      route: `${drafts}/:draft_id/explain`,
      as: 'zhong.wei',
      quiet: 'explains an example',
      send: (village) => ({
        params: of(village),
        json: {
          entry_id: `indicators:${pack.indicators[0]?.code ?? ''}`,
          path: 'met',
          rule: pack.indicators[0]?.met ?? 'true',
          example: { record: {} },
        },
      }),
    },
    {
      route: `${drafts}/:draft_id/renew`,
      as: 'zhong.wei',
      send: (village) => ({ params: of(village), json: { revision: 2 } }),
    },
    {
      route: `${drafts}/:draft_id/withdraw`,
      as: 'zhong.wei',
      send: (village) => ({ params: of(village), json: { revision: 3 } }),
    },
    {
      route: 'POST /api/what-if',
      as: 'zhong.wei',
      quiet: 'asks what would be',
      send: (village) => ({ json: { area_code: village.code, changes: { parameters: { [parameter]: 1 } } } }),
    },
    {
      route: 'POST /api/what-if/household',
      as: 'zhong.wei',
      quiet: 'asks what would be',
      send: (village) => ({ json: { household_id: village.ids['stays'], answers: { wage_income: 0 } } }),
    },
    {
      route: 'POST /api/audit/verify',
      as: 'zhong.wei',
      quiet: 'reads the chains',
      send: () => ({ json: { county_code } }),
    },
  ]

  const accounts: Step[] = [
    {
      route: 'POST /api/accounts',
      as: 'deng.kai',
      send: (village) => ({
        json: {
          login: newcomer(village),
          name: { en: 'New Person', zh: '新人' },
          password: password(village),
          roles: [{ role: 'village_committee', area_code: village.code }],
        },
      }),
      after: (answers, village) => {
        village.ids['account_id'] = named(answers, 'account_id')
      },
    },
    {
      route: 'POST /api/session',
      as: '',
      quiet: 'each sign-in is a session of its own',
      send: (village) => ({ json: { login: newcomer(village), password: password(village) } }),
    },
    {
      route: 'POST /api/demo/session',
      as: '',
      quiet: 'each sign-in is a session of its own',
      send: () => ({ json: { login: 'zhong.wei' } }),
    },
    {
      route: 'POST /api/accounts/:account_id/roles',
      as: 'deng.kai',
      send: (village) => ({
        params: whose(village),
        json: { give: [{ role: 'surveyor', area_code: village.code }] },
      }),
    },
    {
      route: 'PUT /api/session',
      as: newcomer,
      quiet: 'sessions are not counted',
      // The first change ends the session in which the others were sent.
      told: [401, 403],
      send: (village) => ({ json: { role: 'surveyor', area_code: village.code } }),
    },
    {
      route: 'DELETE /api/session',
      as: newcomer,
      signs_in: true,
      quiet: 'sessions are not counted',
      told: [401, 403],
      send: () => ({}),
    },
    {
      route: 'DELETE /api/account/sessions/:session_id',
      as: newcomer,
      signs_in: true,
      quiet: 'sessions are not counted',
      // Ended once, it is there no more.
      told: [401, 403, 404],
      before: async (village) => {
        const path = 'GET /api/account/sessions'
        const answer = await call<{ sessions: { session_id: string }[] }>(newcomer(village), path)
        village.ids['session_id'] = answer.sessions[0]?.session_id ?? ''
      },
      send: (village) => ({ params: { session_id: village.ids['session_id'] ?? '' } }),
    },
    {
      route: 'POST /api/account/sign-out-everywhere',
      as: newcomer,
      signs_in: true,
      quiet: 'sessions are not counted',
      told: [401, 403],
      send: () => ({}),
    },
    {
      route: 'POST /api/account/password',
      as: newcomer,
      signs_in: true,
      quiet: 'the password is another one, however often it was sent',
      // The old password holds no more, or its session has ended.
      told: [401, 403, 422, 429],
      send: (village) => ({ json: { old_password: password(village), password: `${password(village)} again` } }),
    },
    {
      route: 'POST /api/accounts/:account_id/reset',
      as: 'deng.kai',
      quiet: 'each handing out of a code ends the one before',
      send: (village) => ({ params: whose(village) }),
    },
    {
      route: 'POST /api/account/code',
      as: '',
      quiet: 'the password is another one, however often it was sent',
      // A code opens once.
      told: [401, 403, 422, 429],
      before: async (village) => {
        const answer = await call('deng.kai', 'POST /api/accounts/:account_id/reset', { params: whose(village) })
        village.ids['code'] = named([answer], 'code')
      },
      send: (village) => ({
        json: { login: newcomer(village), code: village.ids['code'], password: `${password(village)} once more` },
      }),
    },
    {
      route: 'POST /api/accounts/:account_id/disable',
      as: 'deng.kai',
      send: (village) => ({ params: whose(village) }),
    },
    {
      route: 'POST /api/accounts/:account_id/enable',
      as: 'deng.kai',
      send: (village) => ({ params: whose(village) }),
    },
  ]
  // Last: from here on other rules are in force.
  const publish: Step[] = [
    {
      route: `${drafts}/:draft_id/publish`,
      as: 'wang.jing',
      before: async (village) => {
        // The first publication of all also keeps the folder's rules as version 0: it is nobody's in particular.
        if (village.index === 0) {
          await begin(village, 'The first of all')
          await edit(village, true)
          await call('wang.jing', `${drafts}/:draft_id/publish`, { params: of(village), json: { revision: 2 } })
        }
        // Another process's publication is seen within a second (server/pack-in-force.ts).
        await sleep(1_200)
        await begin(village, `To be published ${village.index}`)
        await edit(village, village.index % 2 === 1)
      },
      send: (village) => ({ params: of(village), json: { revision: 2 } }),
    },
  ]
  return [...rules, ...accounts, ...publish]
}

const newcomer = (village: Village): string => `new.person.${village.index}`
const whose = (village: Village) => ({ account_id: village.ids['account_id'] ?? '' })
const password = (village: Village): string => `a rather long pass phrase ${village.index}`
