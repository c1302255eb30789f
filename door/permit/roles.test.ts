// The table of actions, read the other way round: what each role may do. A power that one gains or loses is seen here: the
// test over all routes (permit.test.ts) asks the same table that the door asks.
import { expect, test } from 'vitest'
import { actions, mayRole, offices, roles, type Action, type Role } from './roles.ts'

const isAction = (text: string): text is Action => Object.hasOwn(actions, text)
const all = Object.keys(actions).filter(isAction)
const of = (role: Role): Action[] => all.filter((action) => mayRole(role, action))

const anybody = [
  'session.read',
  'session.open',
  'session.close',
  'area.read',
  'pack.read',
  'rules.read',
  'account.code',
]
const open = [...anybody, 'survey.form', 'see.open']
const signed_in = [...open, 'session.change', 'rules.try', 'job.read', 'account.own']
const reads = (...rooms: string[]) => rooms.map((room) => `${room}.read`)
const campaign = reads(
  'survey',
  'assess',
  'appraise',
  'register',
  'diagnose',
  'prescribe',
  'deliver',
  'monitor',
  'exit',
)

/** What an office does in a room, beside reading. */
const does = (room: string, words: string) => words.split(' ').map((word) => `${room}.${word}`)

test.each<[Role, string[]]>([
  ['public', open],
  [
    'surveyor',
    [
      ...signed_in,
      ...reads('survey', 'assess', 'register', 'see'),
      ...does('survey', 'submit device file'),
      'monitor.record',
      'see.household',
    ],
  ],
  [
    'village_committee',
    [
      ...signed_in,
      ...campaign,
      ...reads('match', 'evaluate', 'see'),
      ...does('survey', 'submit device file'),
      ...does('appraise', 'open meet notice object review_village'),
      'prescribe.agree',
      'deliver.record',
      ...does('monitor', 'record confirm act handle'),
      ...does('exit', 'appraise consent notice object'),
      'see.household',
    ],
  ],
  [
    'township_officer',
    [
      ...signed_in,
      ...campaign,
      ...reads('match', 'evaluate', 'see'),
      ...does('survey', 'submit import device file resolve'),
      'match.review',
      'assess.verify',
      ...does('appraise', 'open notice object resolve review_township'),
      'register.reveal',
      'diagnose.decide',
      ...does('prescribe', 'plan agree'),
      'deliver.record',
      ...does('monitor', 'record confirm act handle'),
      ...does('exit', 'check verify notice object answer stop propose_area'),
      'evaluate.appeal',
      'see.household',
    ],
  ],
  [
    'county_officer',
    [
      ...signed_in,
      ...campaign,
      ...reads('account', 'audit', 'match', 'evaluate', 'see'),
      'rules.draft',
      'job.run',
      'audit.verify',
      ...does('survey', 'submit import publish_form device file resolve'),
      ...does('match', 'run review set'),
      ...does('assess', 'run verify what_if'),
      ...does('appraise', 'notice object resolve review_county'),
      ...does('register', 'enter reveal'),
      ...does('diagnose', 'run decide'),
      ...does('prescribe', 'plan approve budget'),
      'deliver.record',
      ...does('monitor', 'record confirm run act handle_late'),
      ...does('exit', 'check object answer stop approve propose_area approve_area'),
      'evaluate.appeal',
      ...does('see', 'household export'),
    ],
  ],
  ['inspector', [...signed_in, ...reads('evaluate', 'see'), 'evaluate.inspect']],
  [
    'evaluator',
    [
      ...signed_in,
      ...campaign,
      ...reads('evaluate', 'see'),
      ...['design', 'draw', 'publish', 'estimate', 'decide'].map((act) => `evaluate.${act}`),
      'see.household',
      'see.export',
    ],
  ],
  [
    'auditor',
    [
      ...signed_in,
      ...campaign,
      ...reads('account', 'audit', 'match', 'evaluate', 'see'),
      'audit.verify',
      'survey.file',
      'register.reveal',
      'appraise.object',
      'exit.object',
      'see.household',
      'see.export',
    ],
  ],
  [
    'administrator',
    [
      ...signed_in,
      'rules.draft',
      'rules.publish',
      'job.run',
      'account.read',
      'account.manage',
      'area.import',
      'survey.publish_form',
      ...['match', 'assess', 'diagnose', 'monitor'].map((room) => `${room}.run`),
    ],
  ],
  [
    'province_analyst',
    [
      ...signed_in,
      ...campaign,
      ...reads('match', 'evaluate', 'see'),
      'rules.draft',
      'assess.what_if',
      'exit.approve_area',
      'see.household',
      'see.export',
    ],
  ],
  [
    'national_analyst',
    [
      ...signed_in,
      ...campaign,
      ...reads('audit', 'match', 'evaluate', 'see'),
      'audit.verify',
      'rules.draft',
      'rules.publish',
      'assess.what_if',
      'see.household',
      'see.export',
    ],
  ],
])('%s', (role, may) => expect(of(role).toSorted()).toEqual(may.toSorted()))

test('whatever is signed in may at least what is everybody’s', () => {
  for (const role of roles.filter((each) => each !== 'public'))
    expect(of(role)).toEqual(expect.arrayContaining(signed_in))
})

test('nobody both takes a step of a household and judges it: a review has its own office', () => {
  const takers = (action: Action) => roles.filter((role) => mayRole(role, action))
  expect(takers('appraise.review_village')).toEqual(['village_committee'])
  expect(takers('appraise.review_township')).toEqual(['township_officer'])
  expect(takers('appraise.review_county')).toEqual(['county_officer'])
  for (const action of all.filter((each) => each.startsWith('evaluate.') && !/read|appeal/.test(each)))
    expect(
      takers(action).filter((role) => offices.includes(role)),
      action,
    ).toEqual([])
  for (const action of all) expect(takers(action).length, action).toBeGreaterThan(0)
})

test('the offices of the campaign, whose holders judge nothing there', () => {
  const judges = ['evaluator', 'inspector', 'auditor', 'administrator', 'public']
  expect(offices).toEqual(roles.filter((role) => !judges.includes(role)))
  expect(offices).toHaveLength(6)
})
