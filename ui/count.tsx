import type { ReactNode } from 'react'
import { formatNumber } from './format.ts'
import { TextLink, useReader } from './words.tsx'

/**
 * A number that opens its list. What it promises stands in `data-count`, what a list holds in `data-total`
 * (Table, Queue, `Total`): `npm run check:counts` opens every one as every role and compares the two.
 */
export function CountLink(props: {
  href: string
  n: number
  /** The words around the number; the number alone without. */
  words?: (n: string) => ReactNode
  className?: string
}) {
  const { locale } = useReader()
  const n = formatNumber(props.n, locale, 0)
  return (
    <TextLink href={props.href} data-count={props.n} {...(props.className ? { className: props.className } : {})}>
      {props.words ? props.words(n) : <span className="d-num">{n}</span>}
    </TextLink>
  )
}

/** How many the list below holds in all, for lists that are no Table and no Queue. */
export function Total(props: { n: number; children: ReactNode }) {
  return <div data-total={props.n}>{props.children}</div>
}
