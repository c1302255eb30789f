/**
 * What may not stand in SQL here (reference/registry.md 2): each rule with the words a reader gets. Works on text, so
 * it also covers SQL inside TypeScript; comments and strings are taken out first.
 */
export interface Finding {
  line: number
  rule: string
  text: string
}

interface Rule {
  name: string
  pattern: RegExp
  /** Only in migrations, or only in TypeScript; both where absent. */
  only?: 'sql' | 'ts'
}

const RULES: Rule[] = [
  { name: 'no triggers', pattern: /\bcreate\s+(or\s+replace\s+)?(constraint\s+)?trigger\b/gi },
  { name: 'no rules', pattern: /\bcreate\s+(or\s+replace\s+)?rule\b/gi },
  { name: 'no restrictive policies: Citus makes them permissive', pattern: /\bas\s+restrictive\b/gi },
  {
    name: 'no simple CASE: write case when x = ... then',
    pattern: /\bcase\s+(?!when\b)[a-z_."(]+[^;]{0,80}?\bwhen\b/gi,
    only: 'sql',
  },
  {
    name: 'no volatile function in an update: pass the value in',
    pattern: /\bupdate\s+[a-z_."]+\s+(as\s+\w+\s+)?set\b[^;]*?\b(now|random|clock_timestamp|gen_random_uuid)\s*\(/gi,
  },
  { name: 'no set_config(): it does not reach the workers; transact() sets the scope', pattern: /\bset_config\s*\(/gi },
  { name: 'no security definer', pattern: /\bsecurity\s+definer\b/gi },
  { name: 'no MERGE: use insert ... on conflict', pattern: /\bmerge\s+into\b/gi },
  { name: 'no grouping sets, cube, rollup', pattern: /\b(grouping\s+sets|cube\s*\(|rollup\s*\()/gi },
  {
    // textlike is not leakproof (pg_proc.proleakproof), so behind a policy it is asked of each row; starts_with is.
    name: 'no LIKE on codes: write ^@, which reaches the index through row-level security',
    pattern: /\b(area|county|parent)_code['"`]?\s*,?\s*['"`]?like\b/gi,
  },
  {
    name: 'newer than PostgreSQL 15',
    pattern: /\b(uuidv7\s*\(|json_table\s*\(|any_value\s*\(|without\s+overlaps|returning\s+old\.)/gi,
  },
  {
    name: 'views need security_invoker',
    pattern: /\bcreate\s+(or\s+replace\s+)?view\s+\w+\s+(?!with\s*\(\s*security_invoker\s*=\s*(true|on)\s*\))/gi,
    only: 'sql',
  },
]

const blank = (match: string): string => match.replace(/[^\n]/g, ' ')

/** Blanks out comments, keeping line numbers. */
function withoutComments(text: string, language: 'sql' | 'ts'): string {
  const pattern = language === 'sql' ? /--[^\n]*|\/\*[\s\S]*?\*\//g : /\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/[^\n]*/g
  return text.replace(pattern, blank)
}

/** Findings in one file's text. */
export function lintSql(text: string, language: 'sql' | 'ts'): Finding[] {
  const plain = withoutComments(text, language)
  return RULES.filter((rule) => rule.only === undefined || rule.only === language).flatMap((rule) =>
    [...plain.matchAll(rule.pattern)].map((match) => ({
      line: plain.slice(0, match.index).split('\n').length,
      rule: rule.name,
      text: match[0].slice(0, 80).replace(/\s+/g, ' '),
    })),
  )
}

/**
 * Whether each Kysely statement and raw sql template of a `store.ts` names county_code, for the tables that are spread
 * by county. A statement over several counties says so with `// cross-county` within the two lines before it.
 */
export function lintCounty(text: string, distributed: ReadonlySet<string>): Finding[] {
  const lines = text.split('\n')
  const starts = /\.(selectFrom|updateTable|deleteFrom|insertInto)\(\s*\[?\s*['"`](\w+)/g
  const findings: Finding[] = []
  for (const match of text.matchAll(starts)) {
    const table = match[2] ?? ''
    if (!distributed.has(table) || tagged(lines, text, match.index)) continue
    // A statement ends where it is executed, or with the function that hands it on.
    const rest = text.slice(match.index)
    const end = /\.(execute\w*|stream|compile)\(|\n\}/.exec(rest)?.index ?? rest.length
    // An insert takes the county from its row, whose type demands it.
    if (match[1] === 'insertInto' || rest.slice(0, end).includes('county_code')) continue
    findings.push({
      line: lineOf(text, match.index),
      rule: 'county_code filter, or // cross-county',
      text: `${match[1]} ${table}`,
    })
  }
  for (const match of text.matchAll(/\bsql(<[^`]*?>)?`([^`]*)`/g)) {
    const body = match[2] ?? ''
    const named = [...body.matchAll(/\b(?:from|join|update|into)\s+(\w+)/gi)].map((found) => found[1] ?? '')
    if (!named.some((name) => distributed.has(name)) || /county_code/.test(body) || tagged(lines, text, match.index))
      continue
    findings.push({
      line: lineOf(text, match.index),
      rule: 'county_code filter, or // cross-county',
      text: body.slice(0, 60).replace(/\s+/g, ' '),
    })
  }
  return findings
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length

function tagged(lines: string[], text: string, index: number): boolean {
  const line = lineOf(text, index)
  return lines.slice(Math.max(0, line - 4), line).some((words) => /(--|\/\/) cross-county/.test(words))
}
