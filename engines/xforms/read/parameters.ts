// The parameters column: `key=value` pairs, and what each question type demands of them.
import type { ChoiceList, Question } from '../model.ts'
import { isName } from './names.ts'
import { checkRange } from './range.ts'
import { QUESTION_TYPES } from './types.ts'

export type ParameterProblem = { message: string; hint: string }

const PAIR = /[\s,;]*([^\s=,;]+)\s*=\s*([^\s=,;]+)/y

/**
 * Reads `a=1 b=2`, also parted by commas or semicolons. Undefined when it is not of that form. Keys in lower case, values
 * too, but for those that name a column or a question.
 */
export function parseParameters(written: string): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  let at = 0
  while (!/^[\s,;]*$/.test(written.slice(at))) {
    PAIR.lastIndex = at
    const [whole = '', name = '', value = ''] = PAIR.exec(written) ?? []
    if (whole === '') return undefined
    const key = name.toLowerCase()
    parameters[key] = key === 'value' || key === 'label' || value.includes('${') ? value : value.toLowerCase()
    at += whole.length
  }
  return parameters
}

/** Appearances of a photo that start no app of another maker: an `app` beside them is left aside. */
export const OWN_CAMERA = /\b(draw|signature|new-front|selfie)\b/

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
  randomize: [bool, 'Write true or false.'],
  seed: [/^([+-]?(\d+(\.\d*)?|\.\d+)|\$\{[^}]+\})$/, 'Write a number, or ${name} of a question.'],
  // An Android package: https://developer.android.com/build/configure-app-module#set-application-id
  app: [/^[a-z]\w*(\.[a-z]\w*)+$/i, 'Write the name of an Android app, such as org.example.camera.'],
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
    const idle = key === 'app' && OWN_CAMERA.test(question.appearance ?? '')
    if (value !== undefined && accepted.includes(key) && !idle && !pattern.test(value)) {
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
  if (parameters['seed'] !== undefined && parameters['randomize'] === undefined) {
    problems.push({ message: 'A seed is given, but the choices are not shuffled.', hint: 'Add randomize=true.' })
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
