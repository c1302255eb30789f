// Survey: submissions, devices, quarantine, lists, forms.
import { writeSheets } from '#engines/sheets/write.ts'
import { cardOf, familyOf, names, surveyor } from './people.ts'
import { county_code, formOf, named } from './say.ts'
import type { Acting, Stage, Step } from './stage.ts'

export function surveyLife(stage: Stage, { call }: Acting): Step[] {
  return [
    {
      route: 'POST /api/survey/submissions',
      as: surveyor,
      send: (village) => ({ json: { submissions: names.map((name) => cardOf(stage, village, name)) } }),
    },
    {
      route: 'POST /api/survey/devices',
      as: surveyor,
      send: (village) => ({ json: { label: `平板 ${village.code}`, area_code: village.code } }),
      after: (answers, village) => {
        village.ids['device_id'] = named(answers, 'device_id')
        village.ids['key'] = named(answers, 'key')
      },
    },
    {
      route: 'POST /v1/key/:key/submission',
      as: '',
      send: (village) => ({
        params: { key: village.ids['key'] ?? '' },
        form: formOf({ xml_submission_file: [familyOf(stage, village, 'first', 'whole'), 'submission.xml'] }),
      }),
    },
    {
      route: 'POST /submission',
      as: surveyor,
      send: (village) => ({
        form: formOf({ xml_submission_file: [familyOf(stage, village, 'second', 'whole'), 'submission.xml'] }),
      }),
    },
    {
      route: 'POST /api/survey/devices/:device_id/revoke',
      as: surveyor,
      send: (village) => ({ params: { device_id: village.ids['device_id'] ?? '' } }),
    },
    {
      route: 'POST /api/survey/quarantine/:quarantine_id/resolve',
      as: 'li.guoqiang',
      before: async (village) => {
        const xml = cardOf(stage, village, 'leaves', {}, 'lost').replaceAll('household_card', 'no_such_form')
        const answer = await call<{ quarantined: { quarantine_id: string }[] }>(
          surveyor(village),
          'POST /api/survey/submissions',
          { json: { submissions: [xml] } },
        )
        village.ids['quarantine_id'] = answer.quarantined[0]?.quarantine_id ?? ''
      },
      send: (village) => ({
        params: { quarantine_id: village.ids['quarantine_id'] ?? '' },
        json: { resolution: 'reject', note: 'No such form.' },
      }),
    },
    {
      route: 'POST /api/survey/registers',
      as: 'zhong.wei',
      send: (village) => ({
        json: {
          register: 'vehicle',
          county_code,
          records: [
            {
              record_id: `V${village.index}`,
              national_id: null,
              name: '钟长生',
              value: 9000,
              detail: null,
              since: null,
            },
          ],
        },
      }),
    },
    ...['POST /api/survey/imports/preview', 'POST /api/survey/imports'].map((route): Step => ({
      route,
      as: 'zhong.wei',
      ...(route.endsWith('preview') ? { quiet: 'shows what a file holds' } : {}),
      send: (village) => {
        const list = [
          '户编号,组代码,姓名,与户主关系,性别,出生日期,工资性收入（本地和外出务工）,现住房的安全等级',
          `L${village.index},${village.code}002,廖金${'生根水'[village.index]},户主,男,19${70 + village.index * 4}-03-04,12000,A`,
        ].join('\r\n')
        const more: Record<string, string> = route.endsWith('preview')
          ? {}
          : { fingerprint: village.ids['fingerprint'] ?? '' }
        return { form: formOf({ file: [list, 'list.csv'], kind: 'submissions', area_code: county_code, ...more }) }
      },
      after: (answers, village) => {
        village.ids['fingerprint'] = named(answers, 'fingerprint')
      },
    })),
    {
      route: 'PUT /api/survey/imports/mappings',
      as: 'zhong.wei',
      send: (village) => ({
        json: {
          area_code: village.code,
          name: 'county list',
          kind: 'submissions',
          mapping: { columns: { 工资性收入: 'wage_income' } },
        },
      }),
    },
    {
      route: 'DELETE /api/survey/imports/mappings',
      as: 'zhong.wei',
      // Removed once, it is there no more.
      told: [404],
      send: (village) => ({ query: { area_code: village.code, name: 'county list' } }),
    },
    {
      route: 'POST /api/survey/forms',
      as: 'zhong.wei',
      send: (village) => ({
        form: formOf({
          file: [
            writeSheets([
              {
                name: 'survey',
                rows: [
                  ['type', 'name', 'label'],
                  ['text', 'wish', '您有什么愿望？'],
                ],
              },
              {
                name: 'settings',
                rows: [
                  ['form_id', 'form_title', 'version'],
                  [`wish_${village.index}`, '愿望', '1'],
                ],
              },
            ]) as Uint8Array<ArrayBuffer>,
            'wish.xlsx',
          ],
        }),
      }),
    },
    {
      route: 'POST /api/survey/forms/:form_id/:version/state',
      as: 'zhong.wei',
      send: (village) => ({ params: { form_id: `wish_${village.index}`, version: '1' }, json: { state: 'closed' } }),
    },
  ]
}
