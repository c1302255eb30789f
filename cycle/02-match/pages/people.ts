// Which member of one card is set beside which of the other, and what each pair comes to in a word.

export interface Member {
  key: string
  person_id: string | null
  name: string
  relation: string | null
  sex: string | null
  birth_date: string | null
  national_id: string | null
}

export interface Step {
  comparison: string
  level: string | null
  weight: number
}

export interface Compared {
  left: string
  right: string
  steps: Step[]
  match_weight: number
  exact: boolean
  vetoed: boolean
  sure: boolean
}

export interface Bands {
  accept: number
  review: number
}

/** Two members side by side: compared, linked to one person already, or brought together by a number alone. */
export interface Two {
  left: Member
  right: Member
  pair: Compared | null
  by: 'compared' | 'linked' | 'number'
}

type Side = { instance_id: string; members: Member[] } | null

export interface People {
  together: Two[]
  only_left: Member[]
  only_right: Member[]
}

/**
 * Compared members, the doubtful and contradicting before the sure ones and among them the heaviest first; then those who
 * are one person already, and those of either card that nobody on the other is like. Of a card set beside itself only the two in question. `holder`: the person whose number the later card bears, where the
 * question is about that.
 */
export function peopleOf(
  left: Side,
  right: Side,
  pairs: readonly Compared[],
  bands: Bands,
  holder: string | null = null,
): People {
  const [here, there] = [left?.members ?? [], right?.members ?? []]
  const of = (members: Member[], key: string) => members.find((each) => each.key === key || each.person_id === key)
  const compared = pairs.flatMap((pair): Two[] => {
    const [a, b] = [of(here, pair.left), of(there, pair.right)]
    return a && b ? [{ left: a, right: b, pair, by: 'compared' }] : []
  })
  const asked = compared.length > 0 ? inOrder(compared, bands) : byNumber(here, there, holder)
  if (left !== null && left.instance_id === right?.instance_id)
    return { together: asked, only_left: [], only_right: [] }
  const together = [...asked, ...linked(here, there, asked)]
  return {
    together,
    only_left: here.filter((each) => !together.some((two) => two.left.key === each.key)),
    only_right: there.filter((each) => !together.some((two) => two.right.key === each.key)),
  }
}

function linked(here: Member[], there: Member[], asked: readonly Two[]): Two[] {
  return here.flatMap((left): Two[] => {
    if (left.person_id === null || asked.some((two) => two.left.key === left.key)) return []
    const right = there.find((each) => each.person_id === left.person_id)
    if (!right || asked.some((two) => two.right.key === right.key)) return []
    return [{ left, right, pair: null, by: 'linked' }]
  })
}

function byNumber(here: Member[], there: Member[], holder: string | null): Two[] {
  const held = holder === null ? undefined : there.find((each) => each.person_id === holder)
  const claims = held && here.find((each) => each.key !== held.key && each.national_id === held.national_id)
  return held && claims ? [{ left: claims, right: held, pair: null, by: 'number' }] : []
}

const order = ['vetoed', 'unlikely', 'possible', 'likely', 'exact']

function inOrder(compared: Two[], bands: Bands): Two[] {
  const rank = ({ pair }: Two) => (pair ? order.indexOf(verdictOf(pair, bands)) : 0)
  const weight = ({ pair }: Two) => pair?.match_weight ?? 0
  return compared.toSorted((a, b) => rank(a) - rank(b) || weight(b) - weight(a))
}

export type Verdict = 'exact' | 'vetoed' | 'likely' | 'possible' | 'unlikely'

/** What a pair comes to, by the thresholds in force. */
export function verdictOf(pair: Pick<Compared, 'exact' | 'vetoed' | 'match_weight'>, bands: Bands): Verdict {
  if (pair.exact) return 'exact'
  if (pair.vetoed) return 'vetoed'
  return pair.match_weight >= bands.accept ? 'likely' : pair.match_weight >= bands.review ? 'possible' : 'unlikely'
}

export const stateOfVerdict = {
  exact: 'met',
  likely: 'met',
  possible: 'unknown',
  unlikely: 'unmet',
  vetoed: 'unmet',
} as const

/** How many pairs are sure, doubtful and contradicting, and how many members stand on one card alone. */
export function countsOf(people: People, bands: Bands) {
  const of = (state: string) =>
    people.together.filter(({ pair }) => pair !== null && stateOfVerdict[verdictOf(pair, bands)] === state).length
  return {
    same: of('met') + people.together.filter((two) => two.by === 'linked').length,
    perhaps: of('unknown'),
    against: of('unmet'),
    only_left: people.only_left.length,
    only_right: people.only_right.length,
  }
}

/** Steps smaller than this decide nothing; one bit doubles the odds. */
const TELLING = 2

/** The two strongest steps for and against one person, leaving out what holds of any two people. */
export function telling(steps: readonly Step[]): { speaks_for: Step[]; speaks_against: Step[] } {
  const some = steps.filter((step) => step.comparison !== 'prior' && step.level !== null)
  const by_weight = some.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  return {
    speaks_for: by_weight.filter((step) => step.weight >= TELLING).slice(0, 2),
    speaks_against: by_weight.filter((step) => step.weight <= -TELLING).slice(0, 2),
  }
}

const slips = ['near_id', 'id_conflict', 'other_id_same_birth', 'one_edit', 'different']

/** Whether two masked numbers that end alike were found to differ where the mask hides it. */
export function hiddenSlip(two: Two): boolean {
  const [a, b] = [two.left.national_id, two.right.national_id]
  if (!a || a !== b || !a.includes('*')) return false
  return (
    two.pair?.steps.some(({ comparison, level }) => {
      return ['person', 'number'].includes(comparison) && level !== null && slips.includes(level)
    }) ?? false
  )
}
