// Question types: what each is in the instance (bind type), on screen (control) and which spellings name it.
// Sources: https://xlsform.org/en/#question-types and https://getodk.github.io/xforms-spec/#data-types

import { own } from './names.ts'

export type QuestionType = {
  /** XForms bind type; absent = no bind of its own. */
  bind?: string
  /** Body element; absent = not shown. */
  control?: 'input' | 'select' | 'select1' | 'odk:rank' | 'upload' | 'range' | 'trigger'
  mediatype?: string
  readonly?: boolean
  preload?: [string, string]
  /** Parameters the type takes; absent = none are checked. */
  parameters?: readonly string[]
  /** Lives under `meta` rather than among the answers. */
  meta?: boolean
}

const GEO = ['allow-mock-accuracy', 'incremental', 'reference-geometry']
const property = (name: string): QuestionType => ({ bind: 'string', preload: ['property', name] })
const select = (control: 'select' | 'select1' | 'odk:rank', bind: string, from_file = false): QuestionType => ({
  bind,
  control,
  parameters: from_file ? ['randomize', 'seed', 'value', 'label'] : ['randomize', 'seed'],
})

export const QUESTION_TYPES: Record<string, QuestionType> = {
  text: { bind: 'string', control: 'input', parameters: ['rows'] },
  integer: { bind: 'int', control: 'input' },
  decimal: { bind: 'decimal', control: 'input' },
  date: { bind: 'date', control: 'input' },
  time: { bind: 'time', control: 'input' },
  dateTime: { bind: 'dateTime', control: 'input' },
  note: { bind: 'string', control: 'input', readonly: true },
  barcode: { bind: 'barcode', control: 'input' },
  geopoint: {
    bind: 'geopoint',
    control: 'input',
    parameters: ['allow-mock-accuracy', 'capture-accuracy', 'reference-geometry', 'warning-accuracy'],
  },
  geotrace: { bind: 'geotrace', control: 'input', parameters: GEO },
  geoshape: { bind: 'geoshape', control: 'input', parameters: GEO },
  select_one: select('select1', 'string'),
  select_multiple: select('select', 'string'),
  select_one_from_file: select('select1', 'string', true),
  select_multiple_from_file: select('select', 'string', true),
  select_one_external: select('select1', 'string'),
  rank: select('odk:rank', 'odk:rank'),
  range: {
    bind: 'int',
    control: 'range',
    parameters: ['end', 'placeholder', 'start', 'step', 'tick_interval', 'tick_labelset'],
  },
  image: { bind: 'binary', control: 'upload', mediatype: 'image/*', parameters: ['app', 'max-pixels'] },
  audio: { bind: 'binary', control: 'upload', mediatype: 'audio/*', parameters: ['quality'] },
  video: { bind: 'binary', control: 'upload', mediatype: 'video/*' },
  file: { bind: 'binary', control: 'upload', mediatype: 'application/*' },
  osm: { bind: 'binary', control: 'upload', mediatype: 'osm/*' },
  trigger: { control: 'trigger' },
  acknowledge: { bind: 'string', control: 'trigger' },
  calculate: { bind: 'string' },
  hidden: { bind: 'string' },
  start: { bind: 'dateTime', preload: ['timestamp', 'start'] },
  end: { bind: 'dateTime', preload: ['timestamp', 'end'] },
  today: { bind: 'date', preload: ['date', 'today'] },
  deviceid: property('deviceid'),
  subscriberid: property('subscriberid'),
  simserial: property('simserial'),
  phonenumber: property('phonenumber'),
  username: property('username'),
  email: property('email'),
  'start-geopoint': { bind: 'geopoint' },
  'background-geopoint': { bind: 'geopoint' },
  'background-audio': { bind: 'binary', parameters: ['quality'] },
  audit: {
    bind: 'binary',
    meta: true,
    parameters: [
      'identify-user',
      'location-max-age',
      'location-min-interval',
      'location-priority',
      'track-changes',
      'track-changes-reasons',
    ],
  },
  'csv-external': {},
  'xml-external': {},
}

const ALIASES: Record<string, string> = {
  string: 'text',
  int: 'integer',
  datetime: 'dateTime',
  photo: 'image',
  imei: 'deviceid',
  device_id: 'deviceid',
  get_device_id: 'deviceid',
  subscriber_id: 'subscriberid',
  get_subscriber_id: 'subscriberid',
  simid: 'simserial',
  sim_id: 'simserial',
  get_sim_id: 'simserial',
  phone_number: 'phonenumber',
  get_phone_number: 'phonenumber',
  start_time: 'start',
  get_start_time: 'start',
  end_time: 'end',
  get_end_time: 'end',
  get_today: 'today',
  location: 'geopoint',
  gps: 'geopoint',
  add_note_prompt: 'note',
  add_text_prompt: 'text',
  add_integer_prompt: 'integer',
  add_decimal_prompt: 'decimal',
  add_date_prompt: 'date',
  q_string: 'text',
  q_int: 'integer',
  q_date: 'date',
  q_image: 'image',
  q_audio: 'audio',
  q_video: 'video',
  q_geopoint: 'geopoint',
  start_geopoint: 'start-geopoint',
  background_audio: 'background-audio',
  background_geopoint: 'background-geopoint',
  csv_external: 'csv-external',
  xml_external: 'xml-external',
}

const SELECTS: [RegExp, string][] = [
  [/^(?:select[_ ]one|select1)[_ ]from[_ ]file$/, 'select_one_from_file'],
  [/^select[_ ]multiple[_ ]from[_ ]file$/, 'select_multiple_from_file'],
  [/^select[_ ]one[_ ]external$/, 'select_one_external'],
  [/^(?:add )?(?:select[_ ]one|select1)(?: prompt)?(?: from| using)?$/, 'select_one'],
  [/^(?:add )?(?:select[_ ]multiple|select all that apply|select)(?: prompt)?(?: from| using)?$/, 'select_multiple'],
  [/^rank$/, 'rank'],
  [/^osm$/, 'osm'],
]

export type ParsedType =
  | { kind: 'question'; type: string; list?: string; or_other?: boolean }
  | { kind: 'begin'; of: 'group' | 'repeat' | 'loop'; list?: string }
  | { kind: 'end'; of: 'group' | 'repeat' | 'loop' }

/** Reads the `type` cell; undefined when no type is meant that we know. */
export function parseType(written: string): ParsedType | undefined {
  const text = written.trim().replaceAll(/\s+/g, ' ')
  const lower = text.toLowerCase()
  const section = /^(begin|end)[_ ](group|lgroup|repeat|looped[_ ]group|loop)(?:(?:[_ ]over)? (\S+))?$/.exec(lower)
  if (section) {
    const word = section[2] ?? ''
    const of = word === 'group' ? 'group' : word === 'loop' ? 'loop' : 'repeat'
    if (section[1] === 'end') return { kind: 'end', of }
    return { kind: 'begin', of, list: section[3] === undefined ? undefined : text.split(' ').at(-1) }
  }
  const other = / or[_ ](?:other|specify[_ ]other)$/.exec(lower)
  const rest = other ? text.slice(0, other.index) : text
  const space = rest.lastIndexOf(' ')
  if (space > 0) {
    const head = rest.slice(0, space).toLowerCase()
    const found = SELECTS.find(([pattern]) => pattern.test(head))
    if (found) {
      const parsed: ParsedType = { kind: 'question', type: found[1], list: rest.slice(space + 1) }
      if (other) parsed.or_other = true
      return parsed
    }
  }
  if (SELECTS.some(([pattern]) => pattern.test(lower)) && lower !== 'osm')
    return { kind: 'question', type: 'select_one', list: '' }
  const snake = lower.replaceAll(' ', '_')
  const alias = own(ALIASES, snake) ?? own(ALIASES, lower)
  if (alias) return { kind: 'question', type: alias }
  return own(QUESTION_TYPES, text) === undefined ? undefined : { kind: 'question', type: text }
}
