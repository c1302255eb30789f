import { describe, expect, test } from 'vitest'
import { draw } from '../testing/draw.tsx'
import { Queue, type QueueProps } from './queue.tsx'

type Item = { id: string; name: string }
const items: Item[] = ['Liu', 'Chen', 'Ma'].map((name, n) => ({ id: `c${n}`, name }))

const drawn = (props: Partial<QueueProps<Item>> = {}) =>
  draw(
    <Queue
      label="Pairs"
      items={items}
      itemKey={(item) => item.id}
      row={(item) => item.name}
      decisions={{ accept: 'Same', reject: 'Different', unsure: 'Not sure' }}
      onDecide={async () => undefined}
      {...props}
    >
      {(item) => <h2>{item.name}</h2>}
    </Queue>,
  )
const left = (props: Partial<QueueProps<Item>> = {}) => drawn(props).one('section').attributes['data-total']

describe('a queue', () => {
  test('shows the first large and all in its list, the first marked', () => {
    const queue = drawn()
    expect(queue.one('h2').text).toBe('Liu')
    expect(queue.one('ol').texts('li')).toEqual(['Liu', 'Chen', 'Ma'])
    expect(queue.one('button', { 'aria-current': 'true' }).text).toBe('Liu')
    expect(left()).toBe('3')
    expect(queue.one('span', { role: 'status' }).text).toBe('ui.queue.left n=3')
  })

  test('offers what the item may be decided as, and skipping always', () => {
    const decisions = (props: Partial<QueueProps<Item>>) =>
      drawn(props).one('div', { class: 'd-queue-decide' }).texts('button')
    expect(decisions({})).toEqual(['SameA', 'DifferentR', 'Not sureU', 'ui.queue.skipS'])
    expect(decisions({ decisions: { accept: 'Hold' } })).toEqual(['HoldA', 'ui.queue.skipS'])
    const byItem = (item: Item) => (item.name === 'Liu' ? { reject: `No ${item.name}` } : { accept: 'Yes' })
    expect(decisions({ decisions: byItem })).toEqual(['No LiuR', 'ui.queue.skipS'])
  })

  test('what is decided elsewhere is gone from it and from its number', () => {
    const props = { gone: (item: Item) => item.name !== 'Ma' }
    expect(drawn(props).one('h2').text).toBe('Ma')
    expect(drawn(props).one('ol').texts('li')).toEqual(['Ma'])
    expect(left(props)).toBe('1')
  })

  test('of a page of a long queue the number is that of the queue', () => {
    const paged = { left: 1204, more: async () => undefined }
    expect(left({ paged })).toBe('1204')
    expect(drawn({ paged }).one('span', { role: 'status' }).text).toBe('ui.queue.left n=1,204')
    expect(left({ paged, gone: (item) => item.name === 'Liu' })).toBe('1203')
  })

  test('is at its end at zero alone: after a page it waits for the next', () => {
    const empty = { title: 'All decided' }
    const page = { gone: () => true, empty, paged: { left: 10, more: async () => undefined } }
    expect(drawn(page).text).not.toContain('All decided')
    expect(drawn(page).has('div', { 'aria-busy': 'true' })).toBe(true)
    expect(left(page)).toBe('7')
    expect(drawn({ ...page, paged: { ...page.paged, left: 3 } }).text).toContain('All decided')
    expect(drawn({ items: [], empty }).text).toContain('All decided')
    expect(drawn({ items: [] }).text).toContain('ui.queue.empty')
  })

  test('tells how long the rest takes, where the pace is known', () => {
    expect(drawn({ pace: 20 }).one('span', { role: 'status' }).text).toMatch(
      /ui\.queue\.pace each=20\D.* all=(?:1 min|60)/,
    )
    expect(drawn({ pace: null }).text).not.toContain('ui.queue.pace')
    expect(drawn({ beside: '4 unsure' }).one('span', { role: 'status' }).text).toBe('ui.queue.left n=3 · 4 unsure')
  })

  test('the key that takes back is named where something can be taken back, and nothing can be yet', () => {
    const keys = (props: Partial<QueueProps<Item>>) => drawn(props).one('p', { class: 'd-queue-keys' }).texts('kbd')
    expect(keys({})).toEqual(['J', 'K'])
    expect(keys({ onUndo: async () => undefined })).toEqual(['J', 'K', 'Z'])
    expect(drawn({ onUndo: async () => undefined }).text).not.toContain('ui.queue.undo')
  })
})
