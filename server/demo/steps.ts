// How far a life of the demo has come: its steps in their order, each with its share of the time.
import words from './words.json' with { type: 'json' }

/** Tells what is being done, and how much of it is. */
export type Say = (message: string, done?: number, total?: number) => void

/** What a life in a process of its own tells the one that started it. */
export interface Told {
  message: string
  done: number
  total: number
}

export interface Step {
  /** The key of its words (words.json). */
  name: keyof (typeof words)['en']['steps']
  /** How what the journey says begins when this step begins. */
  says: string
  /** Its share of the whole, as measured for two villages (seconds on a quiet machine, about). */
  seconds: number
}

const step = (name: Step['name'], says: string, seconds: number): Step => ({ name, says, seconds })

export const steps: readonly Step[] = [
  step('registry', 'Opening the registry', 2.5),
  step('pack', 'Loading the pack', 1.5),
  step('world', 'A synthetic township', 1.5),
  step('survey', 'Survey round 1', 2.5),
  step('lists', 'Departments', 0.7),
  step('match', 'Who is who', 4),
  step('assess', 'Assessing every household', 1.2),
  step('verify', 'Verification at home', 0.3),
  step('meetings', 'Village meetings', 1),
  step('register', 'Entering the register', 0.2),
  step('diagnose', 'Why each household is poor', 0.3),
  step('plan', 'Plans for 2015', 0.8),
  step('deliver', 'Deliveries of 2015', 0.2),
  step('year', 'The year 2015', 1.6),
  step('monitor', 'Alerts of 2015', 0.7),
  step('plan', 'Plans for 2016', 0.4),
  step('deliver', 'Deliveries of 2016', 0.2),
  step('year', 'The year 2016', 1.6),
  step('monitor', 'Alerts of 2016', 0.7),
  step('exit', 'Exit criteria', 0.6),
  step('evaluate', 'The independent inspection', 1.4),
  step('tidy', 'Tidying up', 0.6),
]

const whole = steps.reduce((sum, each) => sum + each.seconds, 0)

/** What is told of a life under way. */
export interface Way {
  step: Step['name']
  /** From 0 to 1; never goes back. */
  share: number
  /** Seconds that are still to come, by the pace so far; null while nothing can be said. */
  seconds_left: number | null
}

/** Follows a life by what it says. `clock` in milliseconds. */
export function follow(clock: () => number = () => performance.now()) {
  const began = clock()
  let at = 0
  let share = 0
  return {
    hear(message: string, done = 0, total = 1): void {
      const next = steps.findIndex((each, index) => index >= at && message.startsWith(each.says))
      if (next >= 0) at = next
      const before = steps.slice(0, at).reduce((sum, each) => sum + each.seconds, 0)
      const inside = next >= 0 && total > 1 ? Math.min(1, done / total) : 0
      share = Math.max(share, Math.min(1, (before + inside * (steps[at]?.seconds ?? 0)) / whole))
    },
    way(): Way {
      const elapsed = (clock() - began) / 1000
      return {
        step: steps[at]?.name ?? 'registry',
        share: Math.round(share * 1000) / 1000,
        // Too early to tell before a tenth is done.
        seconds_left: share < 0.1 ? null : Math.ceil((elapsed * (1 - share)) / share),
      }
    },
  }
}

export type Following = ReturnType<typeof follow>

export type Language = keyof typeof words

/** The words of this folder in a language. */
export const wordsIn = (language: Language): (typeof words)['en'] => words[language]
