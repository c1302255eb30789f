// A look into each of the twelve rooms, as the people of the demo see them: how many rows each answers with.

interface Look {
  room: string
  login: string
  path: string
}

const county = '360781'
const township = '360781107'
const looks: readonly Look[] = [
  { room: '01_survey', login: 'zhong.wei', path: `/api/survey/submissions?area_code=${township}&limit=20` },
  { room: '02_match', login: 'zhong.wei', path: `/api/match/reviews?area_code=${township}&state=open&limit=20` },
  { room: '03_assess', login: 'zhong.wei', path: `/api/assess/summary?area_code=${township}` },
  { room: '04_appraise', login: 'li.guoqiang', path: `/api/appraise/board?area_code=${township}&limit=20` },
  { room: '05_register', login: 'zhong.wei', path: `/api/register/households?area_code=${township}&limit=20` },
  { room: '06_diagnose', login: 'zhong.wei', path: `/api/diagnose/summary?area_code=${township}` },
  { room: '07_prescribe', login: 'zhong.wei', path: `/api/prescribe/plans?area_code=${township}&year=2016&limit=20` },
  { room: '08_deliver', login: 'zhong.wei', path: `/api/deliver/deliveries?area_code=${township}&year=2016&limit=20` },
  { room: '09_monitor', login: 'zhong.wei', path: `/api/monitor/alerts?area_code=${township}&limit=20` },
  { room: '10_exit', login: 'chen.lihua', path: `/api/exit/cases?area_code=${township}&year=2016&limit=20` },
  { room: '11_evaluate', login: 'sun.yifan', path: `/api/evaluate/evaluations?area_code=${county}` },
  { room: '12_see', login: 'zhong.wei', path: `/api/see/households?area_code=${township}&limit=20` },
]

/** Sign in and visit every room; throws where one does not answer. */
export async function rooms(url: string): Promise<Record<string, number>> {
  const tokens = new Map<string, string>()
  const found: Record<string, number> = {}
  for (const { room, login, path } of looks) {
    const token = tokens.get(login) ?? (await signIn(url, login))
    tokens.set(login, token)
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok)
      throw new Error(`${room}: ${path} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
    found[room] = rowsIn(await answer.json())
  }
  return found
}

async function signIn(url: string, login: string): Promise<string> {
  const answer = await fetch(`${url}/api/demo/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login }),
  })
  if (!answer.ok) throw new Error(`${login} could not sign in: ${answer.status}`)
  return ((await answer.json()) as { token: string }).token
}

/** The rows of every list in an answer, and the counts of one without lists. */
function rowsIn(value: unknown): number {
  if (Array.isArray(value)) return value.length + value.reduce<number>((sum, each) => sum + listsIn(each), 0)
  if (value === null || typeof value !== 'object') return 0
  const lists = listsIn(value)
  if (lists > 0) return lists
  return Object.values(value).reduce<number>((sum, each) => sum + (typeof each === 'number' ? each : 0), 0)
}

function listsIn(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  return Object.values(value).reduce<number>(
    (sum, each) => sum + (Array.isArray(each) ? rowsIn(each) : listsIn(each)),
    0,
  )
}
