import { describe, it } from 'vitest'
import { goesOn, inFolder } from '../testing/resume.testkit.ts'

inFolder()

describe('a run that was stopped', () => {
  it.each(['households', 'one list', 'families'] as const)('goes on from any table to the same bytes: %s', (shape) =>
    goesOn(shape, 25),
  )
})
