// The functions of XPath 1.0 and those of ODK that depend on nothing but the answers and the day.
import type { Expression } from './parse.ts'
import type { Context, Node, Result } from './values.ts'
import { stringOf, textToNumber, toBoolean, toNumber, toText, XPathUnsupported } from './values.ts'

type Call = {
  args: Expression[]
  context: Context
  value: (at: number) => Result
  text: (at: number) => string
  number: (at: number) => number
  nodes: (at: number) => Node[]
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '')
const atoms = (call: Call) =>
  call.args.flatMap((_, at) => {
    const value = call.value(at)
    return Array.isArray(value) ? value.map(stringOf) : [toText(value)]
  })
const pad = (value: number, width = 2) => String(value).padStart(width, '0')

/** Days since 1970-01-01 -> `YYYY-MM-DD`. */
export function dateOfDays(days: number): string {
  const date = new Date(Math.floor(days) * 86_400_000)
  return Number.isNaN(date.getTime())
    ? ''
    : `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`
}

function asDate(value: Result): string {
  return typeof value === 'number' ? dateOfDays(value) : toText(value)
}

function formatDate(text: string, format: string): string {
  const days = textToNumber(text)
  if (Number.isNaN(days)) return ''
  const date = new Date(Math.round(days * 86_400_000))
  const parts: Record<string, string> = {
    Y: pad(date.getUTCFullYear(), 4),
    y: pad(date.getUTCFullYear() % 100),
    m: pad(date.getUTCMonth() + 1),
    n: String(date.getUTCMonth() + 1),
    d: pad(date.getUTCDate()),
    e: String(date.getUTCDate()),
    H: pad(date.getUTCHours()),
    h: String(date.getUTCHours()),
    M: pad(date.getUTCMinutes()),
    S: pad(date.getUTCSeconds()),
    3: pad(date.getUTCMilliseconds(), 3),
  }
  return format.replaceAll(/%([a-zA-Z3])/g, (whole, key: string) => {
    const part = parts[key]
    if (part === undefined) throw new XPathUnsupported(`format-date with ${whole}`)
    return part
  })
}

function round(call: Call): number {
  const value = call.number(0)
  if (call.args.length < 2) return Math.floor(value + 0.5)
  const factor = 10 ** call.number(1)
  return Math.round((value + Number.EPSILON * value) * factor) / factor
}

/** ODK regular expressions must match the whole value. One that is not valid in this engine leaves the rule unchecked. */
function matches(text: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(text)
  } catch {
    throw new XPathUnsupported(`regex ${pattern}`)
  }
}

/** The address bound to a node's prefix, looked for from the node upwards. */
function namespaceOf(node: Node | undefined): string {
  const prefix = node?.name.includes(':') ? node.name.slice(0, node.name.indexOf(':')) : ''
  // An attribute without a prefix is in no namespace, whatever the default one is.
  if (prefix === '' && node?.kind === 'attribute') return ''
  const attribute = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
  for (let at = node; at; at = at.parent) {
    const found = at.attributes.find(({ name }) => name === attribute)
    if (found) return found.text
  }
  return ''
}

const FUNCTIONS: Record<string, (call: Call) => Result> = {
  true: () => true,
  false: () => false,
  not: (call) => !toBoolean(call.value(0)),
  boolean: (call) => toBoolean(call.value(0)),
  'boolean-from-string': (call) => /^(true|1)$/i.test(call.text(0)),
  if: (call) => (toBoolean(call.value(0)) ? call.value(1) : call.value(2)),
  coalesce: (call) => (call.text(0) === '' ? call.value(1) : call.value(0)),
  number: (call) => (call.args.length > 0 ? call.number(0) : textToNumber(stringOf(call.context.node))),
  int: (call) => Math.trunc(call.number(0)),
  string: (call) => (call.args.length > 0 ? call.text(0) : stringOf(call.context.node)),
  concat: (call) => atoms(call).join(''),
  join: (call) => atoms(call).slice(1).join(call.text(0)),
  'starts-with': (call) => call.text(0).startsWith(call.text(1)),
  'ends-with': (call) => call.text(0).endsWith(call.text(1)),
  contains: (call) => call.text(0).includes(call.text(1)),
  'substring-before': (call) =>
    call.text(0).includes(call.text(1)) ? call.text(0).slice(0, call.text(0).indexOf(call.text(1))) : '',
  'substring-after': (call) =>
    call.text(0).includes(call.text(1))
      ? call.text(0).slice(call.text(0).indexOf(call.text(1)) + call.text(1).length)
      : '',
  substring: (call) => {
    const start = Math.round(call.number(1)) - 1
    const end = call.args.length > 2 ? start + Math.round(call.number(2)) : undefined
    return [...call.text(0)].slice(Math.max(start, 0), end === undefined ? undefined : Math.max(end, 0)).join('')
  },
  // ODK's substr counts from 0.
  substr: (call) => call.text(0).slice(call.number(1), call.args.length > 2 ? call.number(2) : undefined),
  'string-length': (call) => [...(call.args.length > 0 ? call.text(0) : stringOf(call.context.node))].length,
  'normalize-space': (call) => words(call.args.length > 0 ? call.text(0) : stringOf(call.context.node)).join(' '),
  translate: (call) => {
    const from = [...call.text(1)]
    const to = [...call.text(2)]
    return [...call.text(0)].map((char) => (from.includes(char) ? (to[from.indexOf(char)] ?? '') : char)).join('')
  },
  regex: (call) => matches(call.text(0), call.text(1)),
  selected: (call) => words(call.text(0)).includes(call.text(1).trim()),
  'selected-at': (call) => words(call.text(0))[call.number(1)] ?? '',
  'count-selected': (call) => words(call.text(0)).length,
  count: (call) => call.nodes(0).length,
  'count-non-empty': (call) => call.nodes(0).filter((node) => stringOf(node) !== '').length,
  sum: (call) => call.nodes(0).reduce((total, node) => total + textToNumber(stringOf(node)), 0),
  min: (call) => Math.min(...atoms(call).map(textToNumber)),
  max: (call) => Math.max(...atoms(call).map(textToNumber)),
  floor: (call) => Math.floor(call.number(0)),
  ceiling: (call) => Math.ceil(call.number(0)),
  round,
  abs: (call) => Math.abs(call.number(0)),
  pow: (call) => call.number(0) ** call.number(1),
  last: (call) => call.context.size,
  position: (call) => {
    const node = call.args.length > 0 ? call.nodes(0)[0] : undefined
    if (!node) return call.context.position
    return (node.parent?.children ?? []).filter((one) => one.name === node.name).indexOf(node) + 1
  },
  name: (call) => (call.args.length > 0 ? call.nodes(0)[0] : call.context.node)?.name ?? '',
  'local-name': (call) =>
    ((call.args.length > 0 ? call.nodes(0)[0] : call.context.node)?.name ?? '').replace(/^.*:/, ''),
  'namespace-uri': (call) => namespaceOf(call.args.length > 0 ? call.nodes(0)[0] : call.context.node),
  current: (call) => [call.context.env.current],
  today: (call) => call.context.env.today,
  now: (call) => call.context.env.now,
  date: (call) => asDate(call.value(0)),
  'date-time': (call) => asDate(call.value(0)),
  'decimal-date-time': (call) => call.number(0),
  'format-date': (call) => formatDate(asDate(call.value(0)), call.text(1)),
  'format-date-time': (call) => formatDate(asDate(call.value(0)), call.text(1)),
  instance: (call) => {
    const found = call.context.env.instance(call.text(0))
    if (!found) throw new XPathUnsupported(`instance('${call.text(0)}')`)
    return [found]
  },
  'indexed-repeat': (call) => {
    // indexed-repeat(/data/member/age, /data/member, 2): the node inside the second entry.
    if (call.args.length !== 3) throw new XPathUnsupported('indexed-repeat over several repeats')
    const entry = call.nodes(1)[call.number(2) - 1]
    const inside = (node: Node | undefined): boolean => node !== undefined && (node === entry || inside(node.parent))
    return call.nodes(0).filter(inside)
  },
}

/** Calls a function by name; XPathUnsupported when it is not known. */
export function callFunction(
  name: string,
  args: Expression[],
  context: Context,
  evaluate: (expression: Expression, context: Context) => Result,
): Result {
  const implementation = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (!implementation) throw new XPathUnsupported(`${name}()`)
  const value = (at: number): Result => {
    const argument = args[at]
    if (!argument) throw new XPathUnsupported(`${name}() with ${args.length} arguments`)
    return evaluate(argument, context)
  }
  return implementation({
    args,
    context,
    value,
    text: (at) => toText(value(at)),
    number: (at) => toNumber(value(at)),
    nodes: (at) => {
      const found = value(at)
      if (!Array.isArray(found)) throw new XPathUnsupported(`${name}() of something that is no path`)
      return found
    },
  })
}
