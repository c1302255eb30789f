import { expect, test } from 'vitest'
import { sources } from '#test/house.ts'

// F29: what a person has typed survives a reload. A field whose text lives in `useState` alone is lost with the page.

const FIELDS =
  'TextInput|Textarea|NumberInput|Select|NativeSelect|MultiSelect|Autocomplete|Checkbox|Switch|Radio\\.Group|' +
  'SegmentedControl|FileInput|PasswordInput|input|textarea|select'

/** Fields that may forget, each with the reason. */
const MAY_FORGET: Record<string, string> = {
  'ui/masked.tsx setReason': 'each look at a number has a reason of its own, asked anew',
  'web/people/account-page.tsx setOld': 'a password',
  'web/people/account-page.tsx setNew': 'a password',
  'web/people/account-page.tsx setPassword': 'a password',
  'web/people/account-page.tsx setCode': 'works once, like a password',
  'web/people/account-page.tsx setLogin': 'nobody is signed in yet',
  'web/people/sign-in-page.tsx setLogin': 'nobody is signed in yet',
  'web/people/sign-in-page.tsx setPassword': 'a password',
  'web/frame/area-path.tsx setText': 'a search',
  'web/people/people-page.tsx setSearch': 'a search',
  'web/frame/search-field.tsx setText': 'a search',
  'cycle/12-see/pages/households.tsx setTyped': 'a search; it stands in the address',
  'cycle/05-register/pages/list.tsx setTyped': 'a search; it stands in the address',
  'cycle/09-monitor/pages/find-household.tsx setTyped': 'a search',
  'cycle/09-monitor/pages/find-household.tsx setChosen': 'a search; the choice stands in the address',
  'cycle/03-assess/pages/workbench/try-rule.tsx setChapter': 'which part is shown',
  'cycle/03-assess/pages/workbench/rule.tsx setCursor': 'where the cursor is',
  'cycle/03-assess/pages/workbench/rule.tsx setAsked': 'whether help is open',
  'cycle/03-assess/pages/workbench/rule.tsx setChosen': 'which help is chosen',
  'cycle/11-evaluate/pages/list.tsx setSeed': 'a secret until the draw',
  'cycle/11-evaluate/pages/evaluation.tsx setSeed': 'a secret until the draw',
  'cycle/01-survey/pages/imports.tsx setSaved': 'chosen before the file, which a browser does not keep',
  'cycle/01-survey/pages/forms.tsx setFile': 'a browser does not keep a file',
  'cycle/01-survey/pages/forms.tsx setFiles': 'a browser does not keep a file',
  'cycle/01-survey/pages/quarantine-mend.tsx setLine': 'one line; what was put in is kept with the item',
}

/** The opening tag at the start of a text that begins just after `<`. */
function tagOf(text: string): string {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}') depth--
    else if (text[at] === '>' && depth === 0) return text.slice(0, at)
  }
  return text
}

/** Fields of a file that change a state of React's own: `path setter`. */
function forgetful(path: string, text: string): string[] {
  const setters = [...text.matchAll(/\[\s*\w+,\s*(set\w+)\s*\]\s*=\s*useState\b/g)].map((each) => each[1] ?? '')
  const tags = text
    .split(new RegExp(`<(?=(?:${FIELDS})\\b)`))
    .slice(1)
    .map(tagOf)
  return setters
    .filter((each) => tags.some((tag) => new RegExp(`\\b${each}\\b`).test(tag)))
    .map((each) => `${path} ${each}`)
}

const found = sources(['cycle', 'ui', 'web'])
  .filter((file) => file.path.endsWith('.tsx'))
  .flatMap((file) => forgetful(file.path, file.text))

test('every form keeps what was typed as a draft, or says why not (F29)', () => {
  expect(found.filter((each) => !(each in MAY_FORGET))).toEqual([])
})

test('what may forget is there still', () => {
  expect(Object.keys(MAY_FORGET).filter((each) => !found.includes(each))).toEqual([])
})

test('a field that forgets is seen', () => {
  const page = `const [why, setWhy] = useState('')
    return <Textarea value={why} onChange={(event) => setWhy(event.currentTarget.value)} />`
  expect(forgetful('page.tsx', page)).toEqual(['page.tsx setWhy'])
  expect(forgetful('page.tsx', page.replace('useState', 'useTyped'))).toEqual([])
})
