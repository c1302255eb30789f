// Range questions: start, end, step and the marks on the scale.
import type { ChoiceList, Question } from '../model.ts'
import type { ParameterProblem } from './parameters.ts'

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

// Decimal fractions do not divide evenly in binary: 0.3 is a multiple of 0.1 to nine digits.
const multiple = (value: number, of: number) => Math.abs(value / of - Math.round(value / of)) < 1e-9

/** Checks the parameters of a range question; defaults are start 1, end 10, step 1. */
export function checkRange(question: Question, lists: Record<string, ChoiceList>): ParameterProblem[] {
  const { parameters } = question
  const problems: ParameterProblem[] = []
  const add = (message: string, hint: string) => problems.push({ message, hint })
  const drawn = (question.appearance ?? '').split(/\s+/).filter((word) => !['', 'vertical', 'no-ticks'].includes(word))
  const marks = ['tick_interval', 'placeholder', 'tick_labelset'].filter((key) => parameters[key] !== undefined)
  if (drawn.length > 0 && marks.length > 0)
    add(`The appearance ${drawn.join(' ')} shows no ${marks.join(', ')}.`, 'Use vertical, no-ticks, both or none.')
  for (const key of ['start', 'end', 'step', 'tick_interval', 'placeholder']) {
    const value = parameters[key]
    if (value === undefined) continue
    if (!NUMBER.test(value)) add(`The parameter ${key} is "${value}".`, 'Write a number.')
    else if ((key === 'step' || key === 'tick_interval') && Number(value) === 0)
      add(`The parameter ${key} is 0.`, 'Write a number other than 0.')
  }
  if (problems.length > 0) return problems
  const start = Number(parameters['start'] ?? 1)
  const end = Number(parameters['end'] ?? 10)
  const step = Math.abs(Number(parameters['step'] ?? 1))
  const low = Math.min(start, end)
  const high = Math.max(start, end)
  const inside = (value: number) => value >= low && value <= high
  if (step > high - low)
    add(`The step ${step} is larger than the range.`, 'Make the step smaller than end minus start.')
  const interval = parameters['tick_interval']
  if (interval !== undefined) {
    const ticks = Math.abs(Number(interval))
    if (ticks > high - low)
      add(`The tick_interval ${interval} is larger than the range.`, 'Make it smaller than end minus start.')
    if (!multiple(ticks, step))
      add('The tick_interval is not a multiple of the step.', 'Make it a multiple of the step.')
  }
  const placeholder = parameters['placeholder']
  if (placeholder !== undefined) {
    const value = Number(placeholder)
    if (!inside(value)) add('The placeholder is outside the range.', 'Choose a value between start and end.')
    else if (!multiple(value - start, step))
      add('The placeholder is not on a step.', 'Choose start plus a multiple of the step.')
  }
  const labelset = parameters['tick_labelset']
  if (labelset !== undefined) problems.push(...checkLabels(question, lists[labelset], start, end, step))
  return problems
}

function checkLabels(
  question: Question,
  list: ChoiceList | undefined,
  start: number,
  end: number,
  step: number,
): ParameterProblem[] {
  const labelset = question.parameters['tick_labelset'] ?? ''
  if (!list || list.choices.length === 0) {
    return [{ message: `There is no choice list "${labelset}".`, hint: 'Name a list of the choices sheet.' }]
  }
  if (list.choices.some((choice) => !NUMBER.test(choice.name))) {
    return [
      {
        message: `The choices of "${labelset}" are not all numbers.`,
        hint: 'Name each choice by its value on the scale.',
      },
    ]
  }
  if (/\bno-ticks\b/.test(question.appearance ?? '')) {
    const off = list.choices.filter((choice) => ![start, end].includes(Number(choice.name)))
    if (new Set(list.choices.map((choice) => choice.name)).size > 2)
      return [{ message: 'Without ticks only two labels can be shown.', hint: 'Keep the choices for start and end.' }]
    return off.length > 0
      ? [
          {
            message: 'Without ticks the labels must stand at start and end.',
            hint: 'Name the choices by start and end.',
          },
        ]
      : []
  }
  const outside = list.choices.find(
    ({ name }) => Number(name) < Math.min(start, end) || Number(name) > Math.max(start, end),
  )
  if (outside) {
    return [
      {
        message: `The choice ${outside.name} of "${labelset}" is outside the range.`,
        hint: 'Name the choices by values between start and end.',
      },
    ]
  }
  const every = Math.abs(Number(question.parameters['tick_interval'] ?? step))
  const off = list.choices.filter((choice) => !multiple(Number(choice.name) - start, every))
  return off.length > 0
    ? [
        {
          message: `The choice ${off[0]?.name} of "${labelset}" is not on a tick.`,
          hint: 'Use start plus multiples of tick_interval (or of step).',
        },
      ]
    : []
}
