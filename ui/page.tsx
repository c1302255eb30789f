import { Button } from '@mantine/core'
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { Icon } from './icons.tsx'
import { TextLink, useWords } from './words.tsx'
import './page.css'

/** Head of a page: its one strong heading, a sentence on what it is for, and what one can do. */
export function PageHead(props: { title: ReactNode; lead?: ReactNode; meta?: ReactNode; actions?: ReactNode }) {
  const { title } = props
  useEffect(() => {
    if (typeof title === 'string' && title) document.title = `${title} · Doorstep`
  }, [title])
  return (
    <div className="d-head">
      <div className="d-head-words">
        <h1>{props.title}</h1>
        {props.lead && <p className="d-lead">{props.lead}</p>}
        {props.meta && <div className="d-meta">{props.meta}</div>}
      </div>
      {props.actions && <div className="d-head-actions">{props.actions}</div>}
    </div>
  )
}

/** A part of a page under a quiet heading. `aside` stands at the end of the heading's line. */
export function Section(props: { title: string; aside?: ReactNode; id?: string; children: ReactNode }) {
  return (
    <section className="d-section" id={props.id} aria-label={props.title}>
      <div className="d-section-head">
        <h2>{props.title}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  )
}

/** One number that opens its list. `tone` "seal" only when it is a need or asks for a decision. */
export function Stat(props: {
  label: string
  value: ReactNode
  note?: ReactNode
  href?: string
  /** The number as a number, where it counts what `href` opens (count.tsx). */
  count?: number
  tone?: 'plain' | 'seal'
}) {
  return (
    <div className={`d-stat d-stat-${props.tone ?? 'plain'}`}>
      <div className="d-stat-value d-num">
        {props.href ? (
          <TextLink href={props.href} data-count={props.count}>
            {props.value}
          </TextLink>
        ) : (
          props.value
        )}
      </div>
      <div className="d-stat-label">{props.label}</div>
      {props.note && <div className="d-says">{props.note}</div>}
    </div>
  )
}

/** Stats side by side, wrapping. */
export function Stats(props: { children: ReactNode }) {
  return <div className="d-stats">{props.children}</div>
}

/** A sheet that prints on A4 without the frame around it, with its own button. Everything inside prints; `.d-screen` does not. */
export function Print(props: { title: string; foot?: ReactNode; children: ReactNode }) {
  const t = useWords()
  return (
    <article className="d-print" aria-label={props.title}>
      <div className="d-screen d-print-bar">
        <Button variant="default" leftSection={<Icon name="print" />} onClick={() => window.print()}>
          {t('ui.print')}
        </Button>
      </div>
      <div className="d-sheet">
        {props.children}
        {props.foot && <footer className="d-sheet-foot">{props.foot}</footer>}
      </div>
    </article>
  )
}
