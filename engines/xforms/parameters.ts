// The parameters column: `key=value` pairs, and what each question type demands of them.
import type { ChoiceList, Question } from './model.ts'
import { isName } from './names.ts'
import { checkRange } from './range.ts'
import { QUESTION_TYPES } from './types.ts'

export type ParameterProblem = { message: string; hint: string }

/** Reads `a=1 b=2`, also parted by commas or semicolons. Undefined when it is not of that form. Keys in lower case. */
export function parseParameters(written: string): Record<string, string> | undefined {
  const text = written.trim()
  const separator = text.includes(',') ? /,/ : text.includes(';') ? /;/ : /\s+/
  const parameters: Record<string, string> = {}
  for (const part of text.split(separator)) {
    const pair = part.trim()
    if (pair === '') continue
    const at = pair.indexOf('=')
    const key = pair.slice(0, at).trim().toLowerCase()
    const value = pair.slice(at + 1).trim()
    if (at <= 0 || key === '' || value === '' || value.includes('=') || /\s/.test(key)) return undefined
    parameters[key] = value
  }
  return parameters
}

const bool = /^(true|false)$/
const CHECKS: Record<string, [RegExp, string]> = {
  'allow-mock-accuracy': [bool, 'Write true or false.'],
  'capture-accuracy': [/^[+-]?\d+(\.\d+)?$/, 'Write a number of metres.'],
  'warning-accuracy': [/^[+-]?\d+(\.\d+)?$/, 'Write a number of metres.'],
  incremental: [/^(yes|true|true\(\))$/i, 'Write true or leave it out.'],
  'max-pixels': [/^\d+$/, 'Write a whole number of pixels.'],
  rows: [/^\d+$/, 'Write a whole number of rows.'],
  'identify-user': [bool, 'Write true or false.'],
  'track-changes': [bool, 'Write true or false.'],
  'track-changes-reasons': [/^on-form-edit$/, 'Write on-form-edit or leave it out.'],
  'location-priority': [
    /^(no-power|low-power|balanced|high-accuracy)$/,
    'Write no-power, low-power, balanced or high-accuracy.',
  ],
  'location-min-interval': [/^\d+$/, 'Write seconds, zero or more.'],
  'location-max-age': [/^\d+$/, 'Write seconds, zero or more.'],
}
const QUALITY: Record<string, RegExp> = {
  audio: /^(normal|low|voice-only|external)$/,
  'background-audio': /^(normal|low|voice-only)$/,
}

/** Checks a question's parameters against its type. */
export function checkParameters(question: Question, lists: Record<string, ChoiceList>): ParameterProblem[] {
  const accepted = QUESTION_TYPES[question.type]?.parameters
  const { parameters } = question
  const problems: ParameterProblem[] = []
  const unknown = accepted ? Object.keys(parameters).filter((key) => !accepted.includes(key)) : []
  if (accepted && unknown.length > 0) {
    problems.push({
      message: `A ${question.type} question takes no parameter ${unknown.join(', ')}.`,
      hint: `It takes ${accepted.join(', ')}.`,
    })
  }
  if (!accepted) return problems
  for (const [key, [pattern, hint]] of Object.entries(CHECKS)) {
    const value = parameters[key]
    if (value !== undefined && accepted.includes(key) && !pattern.test(value)) {
      problems.push({ message: `The parameter ${key} is "${value}".`, hint })
    }
  }
  const quality = QUALITY[question.type]
  if (quality && parameters['quality'] !== undefined && !quality.test(parameters['quality'])) {
    problems.push({
      message: `The quality "${parameters['quality']}" is not known.`,
      hint: 'Write normal, low or voice-only.',
    })
  }
  if (question.type.endsWith('_from_file')) {
    for (const key of ['value', 'label']) {
      const value = parameters[key]
      if (value !== undefined && !isName(value)) {
        problems.push({
          message: `The parameter ${key} "${value}" cannot name a column.`,
          hint: 'Write the name of a column of the file.',
        })
      }
    }
  }
  if (question.type === 'range') problems.push(...checkRange(question, lists))
  if (question.type === 'audit') problems.push(...checkAudit(parameters))
  return problems
}

function checkAudit(parameters: Record<string, string>): ParameterProblem[] {
  const keys = ['location-priority', 'location-min-interval', 'location-max-age']
  const given = keys.filter((key) => parameters[key] !== undefined)
  if (given.length === 0) return []
  if (given.length < keys.length) {
    return [
      {
        message: 'Location is logged only when all three of its parameters are given.',
        hint: `Give ${keys.join(', ')}.`,
      },
    ]
  }
  if (Number(parameters['location-max-age']) < Number(parameters['location-min-interval'])) {
    return [{ message: 'location-max-age is less than location-min-interval.', hint: 'Make it the same or more.' }]
  }
  return []
}
