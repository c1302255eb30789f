import { beforeEach, describe, expect, test, vi } from 'vitest'
import { draw } from '../testing/draw.tsx'
import { Choose, type Person } from './choose.tsx'
import { Decide } from './decide.tsx'
import { keepDraft } from './draft.ts'

const kept = new Map<string, string>()
beforeEach(() => {
  kept.clear()
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
  })
})

const liu: Person = { key: 'h1', name: 'Liu', says: 'H-001', place: 'Huawu' }
const chen: Person = { key: 'h2', name: 'Chen', place: 'Yeping', href: '/households/h2' }

type Given = Partial<Parameters<typeof Decide>[0]>
const drawn = (props: Given = {}) =>
  draw(
    <Decide
      title="Review"
      label="Families"
      people={[liu]}
      reason="must"
      scope="review"
      follows={(n, keys) => `${n} will be heard: ${keys.join()}`}
      confirm={(n) => `Record ${n}`}
      onDecide={async () => undefined}
      onDone={() => undefined}
      {...props}
    />,
  )
const button = (props: Given = {}) => drawn(props).one('button', { type: 'submit' })
const isOpen = (props: Given = {}) => !('disabled' in button(props).attributes)
const foot = (props: Given = {}) => drawn(props).one('p', { role: 'status' }).text

describe('a decision on people', () => {
  test('of several nobody is chosen, and nothing can be sent', () => {
    const props = { people: [liu, chen], reason: 'none' as const }
    expect(foot(props)).toBe('ui.decide.nobody')
    expect(isOpen(props)).toBe(false)
    expect(drawn(props).all('input', { checked: true })).toEqual([])
    expect(drawn(props).one('fieldset').text).toContain('ui.choose.chosen n=0 all=2')
  })

  test('of nobody at all neither', () => {
    expect(foot({ people: [] })).toBe('ui.decide.nobody')
    expect(isOpen({ people: [] })).toBe(false)
  })

  test('the only one is chosen; what follows is said in numbers and names', () => {
    const props = { reason: 'none' as const }
    expect(foot(props)).toBe('1 will be heard: h1')
    expect(button(props).text).toBe('Record 1')
    expect(isOpen(props)).toBe(true)
    expect(drawn(props).has('textarea')).toBe(false)
  })

  test('a reason that must be there is missing until it is written; blanks are no reason', () => {
    expect(foot()).toBe('ui.decide.missing count=1')
    expect(isOpen()).toBe(false)
    expect(drawn().one('textarea', { required: true }).attributes['aria-label']).toBe('ui.decide.reason: Liu')
    keepDraft('wang', 'review', 'h1', '   ')
    expect(isOpen()).toBe(false)
    keepDraft('wang', 'review', 'h1', 'roof seen, leaks')
    expect(foot()).toBe('1 will be heard: h1')
    expect(isOpen()).toBe(true)
    expect(drawn().one('textarea', { required: true }).text).toBe('roof seen, leaks')
  })

  test("another person's, form's or family's reason is not taken for it", () => {
    keepDraft('li', 'review', 'h1', 'x')
    keepDraft('wang', 'verify', 'h1', 'x')
    keepDraft('wang', 'review', 'h2', 'x')
    expect(isOpen()).toBe(false)
  })

  test('a reason that may be there is asked for and not waited for', () => {
    const props = { reason: 'may' as const, reason_label: 'Why' }
    expect(isOpen(props)).toBe(true)
    expect(drawn(props).all('textarea')[0]?.attributes['aria-label']).toBe('Why: Liu')
    expect(drawn(props).has('textarea', { required: true })).toBe(false)
  })

  test('what else is asked of each counts as missing too, with a reason or without', () => {
    const each = { ask: (person: Person) => <i>ask {person.name}</i>, missing: (key: string) => key === 'h1' }
    expect(foot({ reason: 'none', each })).toBe('ui.decide.missing count=1')
    expect(isOpen({ reason: 'none', each })).toBe(false)
    expect(drawn({ reason: 'none', each }).one('i').text).toBe('ask Liu')
    expect(isOpen({ reason: 'none', each: { ...each, missing: () => false } })).toBe(true)
  })

  test('while the rest of the form is not ready it cannot be sent, though nobody is missing', () => {
    expect(isOpen({ reason: 'none', ready: false })).toBe(false)
    expect(isOpen({ reason: 'none', ready: true })).toBe(true)
  })

  test('it can be left where there is a way back', () => {
    expect(drawn({ onLeave: () => undefined }).texts('button')).toEqual(['Record 1', 'ui.decide.leave'])
    expect(drawn().texts('button')).toEqual(['Record 1'])
  })
})

describe('choosing', () => {
  const choose = (people: Person[], chosen: string[], by_place = false) =>
    draw(
      <Choose label="Families" people={people} chosen={new Set(chosen)} onChange={() => undefined} by_place={by_place}>
        {(person) => <em>of {person.name}</em>}
      </Choose>,
    )
  const three = [liu, { ...chen, place: 'Huawu' }, { key: 'h3', name: 'Ma', place: 'Yeping' }]

  test('each by its name, what tells namesakes apart beside it; the file in a page of its own', () => {
    const drawn = choose([liu, chen], ['h2'])
    expect(drawn.texts('li')).toEqual(['Liu H-001', 'Chen of Chen'])
    expect(drawn.one('a').attributes).toMatchObject({ href: '/households/h2', target: '_blank' })
    expect(drawn.all('input').map((input) => input.attributes['aria-label'])).toEqual([
      'ui.choose.one name=Liu',
      'ui.choose.one name=Chen',
    ])
    expect(drawn.all('li').map((each) => each.attributes['data-chosen'])).toEqual(['false', 'true'])
  })

  test('places are headed where there is more than one', () => {
    expect(choose(three, []).texts('div', { class: 'd-choose-head' })).toEqual(['Huawu', 'Yeping'])
    expect(choose([liu], []).has('div', { class: 'd-choose-head' })).toBe(false)
    expect(choose([{ key: 'x', name: 'X' }], [], true).has('div', { class: 'd-choose-head' })).toBe(false)
  })

  test('a place of several has a box only where the step takes nothing from anybody', () => {
    const boxes = (chosen: string[], by_place: boolean) =>
      choose(three, chosen, by_place)
        .all('div', { class: 'd-choose-head' })
        .map((head) => head.all('input')[0])
    expect(boxes([], false)).toEqual([undefined, undefined])
    const [several, single] = boxes(['h1'], true)
    expect([several !== undefined, single]).toEqual([true, undefined])
    expect(several && 'checked' in several.attributes).toBe(false)
    expect('checked' in (boxes(['h1', 'h2'], true)[0]?.attributes ?? {})).toBe(true)
    expect(choose(three, ['h1'], true).text).toContain('ui.choose.place place=Huawu n=2')
  })
})
