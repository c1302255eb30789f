// Who may do what: role x action. Where, is the account's area (scope) and is checked beside it and again by
// row-level security. The order of rooms is the campaign's.
export const roles = [
  'surveyor',
  'village_committee',
  'township_officer',
  'county_officer',
  'province_analyst',
  'national_analyst',
  'evaluator',
  'inspector',
  'auditor',
  'administrator',
  'public',
] as const

export type Role = (typeof roles)[number]

/** Roles that are an office of the campaign: who holds one in an area inspects and evaluates nothing there. */
export const offices: readonly Role[] = [
  'surveyor',
  'village_committee',
  'township_officer',
  'county_officer',
  'province_analyst',
  'national_analyst',
]

const officials: Role[] = ['village_committee', 'township_officer', 'county_officer']
const analysts: Role[] = ['province_analyst', 'national_analyst']
const insiders: Role[] = [...officials, ...analysts, 'evaluator', 'auditor']
const everyone: Role[] = [...roles]
const signedIn: Role[] = roles.filter((role) => role !== 'public')

/** Every action of the product and the roles that may take it. Rooms name their route's action from here. */
export const actions = {
  'session.read': everyone,
  'session.open': everyone,
  'session.close': everyone,
  'session.change': signedIn,
  'area.read': everyone,
  'pack.read': everyone,
  'rules.read': everyone,
  // Reading a rule costs the server work, so somebody must answer for it.
  'rules.try': signedIn,
  'rules.draft': ['county_officer', 'province_analyst', 'national_analyst', 'administrator'],
  'rules.publish': ['national_analyst', 'administrator'],
  'job.read': signedIn,
  'job.run': ['county_officer', 'administrator'],
  'account.read': ['county_officer', 'administrator', 'auditor'],
  'account.manage': ['administrator'],
  'account.own': signedIn,
  'account.code': everyone,
  'area.import': ['administrator'],
  'audit.read': ['county_officer', 'auditor', 'national_analyst'],
  'audit.verify': ['county_officer', 'auditor', 'national_analyst'],

  'survey.form': everyone,
  'survey.read': ['surveyor', ...insiders],
  'survey.submit': ['surveyor', 'village_committee', 'township_officer', 'county_officer'],
  'survey.import': ['township_officer', 'county_officer'],
  'survey.publish_form': ['county_officer', 'administrator'],
  'survey.device': ['surveyor', 'village_committee', 'township_officer', 'county_officer'],
  // Photos and files of a household: those who work with it there, and who checks them.
  'survey.file': ['surveyor', 'village_committee', 'township_officer', 'county_officer', 'auditor'],
  'survey.resolve': ['township_officer', 'county_officer'],

  'match.read': [...officials, ...analysts, 'auditor'],
  'match.run': ['county_officer', 'administrator'],
  'match.review': ['township_officer', 'county_officer'],
  'match.set': ['county_officer'],

  'assess.read': ['surveyor', ...insiders],
  'assess.run': ['county_officer', 'administrator'],
  'assess.verify': ['township_officer', 'county_officer'],
  'assess.what_if': ['county_officer', ...analysts],

  'appraise.read': insiders,
  'appraise.open': ['village_committee', 'township_officer'],
  'appraise.meet': ['village_committee'],
  'appraise.notice': ['village_committee', 'township_officer', 'county_officer'],
  'appraise.object': ['village_committee', 'township_officer', 'county_officer', 'auditor'],
  'appraise.resolve': ['township_officer', 'county_officer'],
  'appraise.review_village': ['village_committee'],
  'appraise.review_township': ['township_officer'],
  'appraise.review_county': ['county_officer'],

  'register.read': ['surveyor', ...insiders],
  'register.enter': ['county_officer'],
  'register.reveal': ['township_officer', 'county_officer', 'auditor'],

  'diagnose.read': insiders,
  'diagnose.run': ['county_officer', 'administrator'],
  // What helps costs more or less by the cause: not whoever is nearest to the family decides it.
  'diagnose.decide': ['township_officer', 'county_officer'],

  'prescribe.read': insiders,
  'prescribe.plan': ['township_officer', 'county_officer'],
  'prescribe.agree': ['village_committee', 'township_officer'],
  'prescribe.approve': ['county_officer'],
  'prescribe.budget': ['county_officer'],

  'deliver.read': insiders,
  'deliver.record': ['village_committee', 'township_officer', 'county_officer'],

  'monitor.read': insiders,
  'monitor.record': ['surveyor', ...officials],
  // Which of them, the pack says for each kind of change.
  'monitor.confirm': officials,
  'monitor.run': ['county_officer', 'administrator'],
  // To take an alert on: the village and the township any of theirs, the county those that went up to it.
  'monitor.act': officials,
  'monitor.handle': ['village_committee', 'township_officer'],
  'monitor.handle_late': ['county_officer'],

  'exit.read': insiders,
  'exit.check': ['township_officer', 'county_officer'],
  'exit.appraise': ['village_committee'],
  'exit.verify': ['township_officer'],
  'exit.consent': ['village_committee'],
  'exit.notice': ['village_committee', 'township_officer'],
  'exit.object': ['village_committee', 'township_officer', 'county_officer', 'auditor'],
  'exit.answer': ['township_officer', 'county_officer'],
  'exit.stop': ['township_officer', 'county_officer'],
  'exit.approve': ['county_officer'],
  'exit.propose_area': ['township_officer', 'county_officer'],
  'exit.approve_area': ['county_officer', 'province_analyst'],

  'evaluate.read': [...insiders, 'inspector'],
  'evaluate.design': ['evaluator'],
  'evaluate.draw': ['evaluator'],
  'evaluate.publish': ['evaluator'],
  'evaluate.inspect': ['inspector'],
  'evaluate.estimate': ['evaluator'],
  'evaluate.appeal': ['township_officer', 'county_officer'],
  'evaluate.decide': ['evaluator'],

  'see.read': ['surveyor', ...insiders, 'inspector'],
  // Not for inspectors: they visit without knowing how a household was classed.
  'see.household': ['surveyor', ...insiders],
  'see.export': [...analysts, 'county_officer', 'evaluator', 'auditor'],
  'see.open': everyone,
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof actions

/** May this role take this action at all? */
export function mayRole(role: Role, action: Action): boolean {
  return (actions[action] as readonly Role[]).includes(role)
}
