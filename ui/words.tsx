import { createContext, useContext } from 'react'
import type { AnchorHTMLAttributes, ComponentType, ReactNode } from 'react'
import type { Currency } from './format.ts'

/** Looks a word up by key (`ui.sort`, or `match:review.title` for a room's own) and fills `{{gaps}}`. */
export type Words = (key: string, gaps?: Record<string, string | number>) => string

export type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }

export type Reader = {
  words: Words
  /** BCP 47 tag that dates and numbers follow. */
  locale: string
  currency: Currency
  /** `YYYY-MM-DD`: the server's day, which in a demonstration is not the reader's; '' until the server has said so. */
  today: string
  /** The campaign's time zone (IANA): days and times are those of the place, wherever the reader sits. */
  time_zone: string
  /** The campaign's day (`YYYY-MM-DD`) of an instant; a day is given back as it came. */
  dayOf: (at: string) => string
  /** The last moment (ISO) of a day there. */
  endOf: (day: string) => string
  /** Whose drafts these are: one person in one role. */
  who: string
  /** How a link inside the product is followed; a plain anchor unless the shell gives its own. */
  Link: ComponentType<LinkProps>
}

function PlainLink(props: LinkProps) {
  return <a {...props}>{props.children}</a>
}

const ReaderContext = createContext<Reader>({
  words: (key) => key,
  locale: 'en-GB',
  // ISO 4217 for no currency: what money is, the pack says.
  currency: { code: 'XXX', minor_units: 1 },
  today: '',
  time_zone: 'UTC',
  dayOf: (at) => at,
  endOf: (day) => day,
  who: '',
  Link: PlainLink,
})

/** Gives every part below it the reader's words, locale, currency and way of following links. */
export function ReaderProvider(props: { reader: Reader; children: ReactNode }) {
  return <ReaderContext value={props.reader}>{props.children}</ReaderContext>
}

/** The reader: words, locale, currency, Link. */
export function useReader(): Reader {
  return useContext(ReaderContext)
}

/** The word function alone, which is what most screens need. */
export function useWords(): Words {
  return useContext(ReaderContext).words
}

/** A link in the product's manner: ink, underlined, keyboard-focusable, followed without reloading. */
export function TextLink(props: LinkProps) {
  const { Link } = useReader()
  return <Link {...props} className={`d-link ${props.className ?? ''}`} />
}
