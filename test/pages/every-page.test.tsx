// Every page of every room, before the server has answered and where it answers with a problem.
import { describe, expect, test } from 'vitest'
import { roomRoutes } from '#web/rooms.ts'
import { drawPage } from './draw-page.tsx'

const routes = roomRoutes.map(({ path, component }) => ({ path, component, at: path.replaceAll(/\$\w+/g, 'x1') }))

test('there are pages to draw', () => expect(routes.length).toBeGreaterThan(25))

describe.each(routes)('$path', ({ path, component, at }) => {
  test('says something while it waits, and neither none nor 0', async () => {
    const drawn = await drawPage(component, { path, at })
    const isWaiting = drawn.all('div').some((each) => each.attributes['class']?.includes('Skeleton'))
    expect(isWaiting || drawn.text !== '').toBe(true)
    expect(drawn.text).not.toMatch(/[\w.:]*(?:\b|_)(?:none|empty|nobody|nothing)\b/)
    expect(drawn.text).not.toMatch(/\b(?:n|count|all|total)=0\b/)
  })

  test('tells a problem in its words', async () => {
    const drawn = await drawPage(component, { path, at, all_fail: { title: 'A problem of the test.' } })
    expect(drawn.has('*', { role: 'alert' }), drawn.text).toBe(true)
    expect(drawn.text).toContain('A problem of the test.')
  })
})
