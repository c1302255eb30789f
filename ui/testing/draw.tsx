// Draws a part of the screen as the first answer to a reader: to markup, without a browser. What happens after a click is held by
// test/e2e.
import { MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { SaxesParser } from 'saxes'
import { ReaderProvider, type Reader, type Words } from '../words.tsx'

/** One element of what was drawn, or the whole (its tag is then empty). */
export class Drawn {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly parts: (Drawn | string)[] = []

  constructor(tag: string, attributes: Readonly<Record<string, string>>) {
    this.tag = tag
    this.attributes = attributes
  }

  /** What a reader can read in it, styles left out. */
  get text(): string {
    if (this.tag === 'style') return ''
    return this.parts.map((part) => (typeof part === 'string' ? part : part.text)).join('')
  }

  /** Elements in it with this tag and these attributes (`true`: whatever its value), in the order of the page. */
  all(tag: string, attributes: Readonly<Record<string, string | true>> = {}): Drawn[] {
    return this.parts.flatMap((part) => {
      if (typeof part === 'string') return []
      const fits =
        (tag === '*' || part.tag === tag) &&
        Object.entries(attributes).every(([name, value]) =>
          value === true ? name in part.attributes : part.attributes[name] === value,
        )
      return [...(fits ? [part] : []), ...part.all(tag, attributes)]
    })
  }

  /** The one element in it that fits; throws where there is none or more than one. */
  one(tag: string, attributes: Readonly<Record<string, string | true>> = {}): Drawn {
    const [found, ...more] = this.all(tag, attributes)
    if (!found || more.length > 0) {
      throw new Error(`${found ? more.length + 1 : 0} of <${tag}> ${JSON.stringify(attributes)} in: ${this.text}`)
    }
    return found
  }

  /** The texts of all elements that fit. */
  texts(tag: string, attributes: Readonly<Record<string, string | true>> = {}): string[] {
    return this.all(tag, attributes).map((each) => each.text)
  }

  has(tag: string, attributes: Readonly<Record<string, string | true>> = {}): boolean {
    return this.all(tag, attributes).length > 0
  }
}

/** Markup that React wrote, which is well-formed XML. */
export function readMarkup(markup: string): Drawn {
  const whole = new Drawn('', {})
  const open = [whole]
  const parser = new SaxesParser<{ fragment: true; xmlns: false }>({ fragment: true, xmlns: false })
  parser.on('opentag', ({ name, attributes }) => {
    const element = new Drawn(name, attributes)
    open.at(-1)?.parts.push(element)
    open.push(element)
  })
  parser.on('closetag', () => void open.pop())
  parser.on('text', (text) => void open.at(-1)?.parts.push(text))
  parser.write(markup.replaceAll(/<style\b[^>]*>[\s\S]*?<\/style>/g, '')).close()
  return whole
}

/** Words by their key and what fills their gaps: `ui.choose.chosen n=1 all=2`. */
export const keyWords: Words = (key, gaps) =>
  [key, ...Object.entries(gaps ?? {}).map(([name, value]) => `${name}=${value}`)].join(' ')

export const plainReader: Reader = {
  words: keyWords,
  locale: 'en-GB',
  currency: { code: 'XXX', minor_units: 1 },
  today: '2026-03-02',
  time_zone: 'UTC',
  dayOf: (at) => at.slice(0, 10),
  endOf: (day) => `${day}T23:59:59.999Z`,
  who: 'wang',
  Link: ({ href, children, ...rest }) => (
    <a {...rest} href={href}>
      {children}
    </a>
  ),
}

/** What a reader is shown first. */
export function draw(part: ReactNode, reader: Partial<Reader> = {}): Drawn {
  return readMarkup(
    renderToStaticMarkup(
      <MantineProvider>
        <ReaderProvider reader={{ ...plainReader, ...reader }}>{part}</ReaderProvider>
      </MantineProvider>,
    ),
  )
}
