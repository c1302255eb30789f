import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon } from '../icons.tsx'
import { useReader } from '../words.tsx'
import '../page.css'

export type Trouble = {
  title: string
  detail?: string | null
  code?: string | null
  /** What to do next, from the problem's catalogue. */
  action?: string | null
  /** What was kept although this failed. */
  kept?: string | null
}

/** Anything thrown as a trouble: a problem from the server brings its own words, anything else its message. */
export function troubleOf(error: unknown): Trouble {
  if (error && typeof error === 'object') {
    const e = error as Partial<Trouble> & { message?: unknown }
    const title = e.title ?? (typeof e.message === 'string' ? e.message : undefined)
    if (title) return { title, detail: e.detail, code: e.code, action: e.action, kept: e.kept }
  }
  return { title: String(error) }
}

/** Whether a text is in another script than the reader's: details of problems are written in English (door/problems.ts). */
export function isForeign(text: string, locale: string): boolean {
  return locale.startsWith('zh') && !/\p{Script=Han}/u.test(text)
}

/** A problem in its own sentence: what happened, its code, what was kept, what to do. */
export function ProblemView(props: { error: unknown; onRetry?: () => void; children?: ReactNode }) {
  const { words: t, locale } = useReader()
  const trouble = troubleOf(props.error)
  const { detail } = trouble
  return (
    <section className="d-problem" role="alert">
      <Icon name="alert" size={24} />
      <div>
        <p className="d-problem-title">{trouble.title}</p>
        {detail && !isForeign(detail, locale) && <p>{detail}</p>}
        {trouble.kept && <p>{t('ui.problem.kept', { what: trouble.kept })}</p>}
        {trouble.action && <p>{t('ui.problem.action', { what: trouble.action })}</p>}
        {trouble.code && (
          <p className="d-says">
            {t('ui.problem.code')} <code>{trouble.code}</code>
          </p>
        )}
        {detail && isForeign(detail, locale) && (
          <details className="d-says">
            <summary>{t('ui.problem.detail')}</summary>
            <span lang="en">{detail}</span>
          </details>
        )}
        {props.children}
        {props.onRetry && (
          <Button variant="default" mt={8} onClick={props.onRetry}>
            {t('ui.retry')}
          </Button>
        )}
      </div>
    </section>
  )
}

/** What would be here, and the one button that brings it. */
export function Empty(props: { title: string; text?: ReactNode; action?: ReactNode }) {
  return (
    <div className="d-empty">
      <p className="d-empty-title">{props.title}</p>
      {props.text && <p>{props.text}</p>}
      {props.action}
    </div>
  )
}
