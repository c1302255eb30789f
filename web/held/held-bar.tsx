import { Button } from '@mantine/core'
import { useEffect, useEffectEvent, useState } from 'react'
import type { ReactNode } from 'react'
import { TextLink, useWords } from '#ui/words.tsx'
import { dueNow, isLeftOver, takeBack } from './held.ts'
import type { Held } from './held.ts'
import { useSession } from '../people/session.tsx'
import { tabOf, useAllHeld, useSendHeld } from './use-held.ts'
import { whoOf } from '../people/who.ts'
import './held.css'

/** Each decision that can still be taken back, with its seconds; what was refused; what a closed page left behind. */
export function HeldBar() {
  const t = useWords()
  const who = whoOf(useSession())
  const tab = tabOf()
  const all = useAllHeld().filter((each) => each.who === who)
  const send = useSendHeld()
  const [now, setNow] = useState(() => Date.now())
  const some = all.length > 0
  const tick = useEffectEvent(() => {
    setNow(Date.now())
    for (const each of dueNow(who, tab, Date.now())) void send(each.id)
  })
  useEffect(() => {
    if (!some) return
    const timer = setInterval(() => tick(), 1000)
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => {
      clearInterval(timer)
      window.removeEventListener('beforeunload', warn)
    }
  }, [some])
  if (!some) return null
  const left = all.filter((each) => isLeftOver(each, tab, now))
  const refused = all.filter((each) => each.state === 'refused')
  const open = all.filter((each) => !left.includes(each) && !refused.includes(each))
  return (
    <section className="s-held d-screen" aria-label={t('held.title')}>
      {refused.map((each) => (
        <Line key={each.id} held={each} says={t('held.refused', { what: each.says })}>
          <Why held={each} /> <TextLink href={each.href}>{t('held.look')}</TextLink>{' '}
          {each.requests.length > 0 && <Small onClick={() => void send(each.id)}>{t('ui.retry')}</Small>}
          <Small onClick={() => takeBack(each.id)}>{t(each.requests.length > 0 ? 'held.discard' : 'ui.close')}</Small>
        </Line>
      ))}
      {left.map((each) => (
        <Line key={each.id} held={each} says={t('held.left_over', { what: each.says })}>
          <TextLink href={each.href}>{t('held.look')}</TextLink>{' '}
          <Small onClick={() => void send(each.id)}>{t('held.send')}</Small>
          <Small onClick={() => takeBack(each.id)}>{t('held.discard')}</Small>
        </Line>
      ))}
      {open.slice(-3).map((each) => (
        <Line key={each.id} held={each} says={each.says}>
          {each.state === 'sending' ? (
            t('held.sending')
          ) : (
            <>
              <span className="d-num">{t('held.seconds', { n: Math.max(0, Math.ceil((each.due - now) / 1000)) })}</span>{' '}
              <Small onClick={() => takeBack(each.id)}>{t('held.undo')}</Small>
              <Small onClick={() => void send(each.id)}>{t('held.send')}</Small>
            </>
          )}
        </Line>
      ))}
      {open.length > 3 && (
        <p className="s-held-line">
          <span>{t('held.more', { n: open.length - 3 })}</span>
          <span>
            <Small onClick={() => open.forEach((each) => void send(each.id))}>{t('held.send_all')}</Small>
          </span>
        </p>
      )}
    </section>
  )
}

/** Why the server did not take it, or not all of it. */
function Why({ held }: { held: Held }) {
  const t = useWords()
  if (held.refusals && held.refusals.length > 0) {
    const kinds = [...Map.groupBy(held.refusals, (each) => `${each.code} ${each.detail ?? ''}`)]
    return (
      <span>
        {t('held.partly', { n: held.refusals.length, all: held.subjects.length })}{' '}
        {kinds.map(([key, own]) => (
          <span key={key}>
            {held.refusal_words ? t(`${held.refusal_words}.${own[0]?.code ?? ''}`) : own[0]?.code} {own[0]?.detail} (
            {own.length}){' '}
          </span>
        ))}
      </span>
    )
  }
  return (
    <span>
      <b>{held.trouble?.title === 'held_other_person' ? t('held.other_person') : held.trouble?.title}</b>{' '}
      {held.trouble?.action}
    </span>
  )
}

function Line(props: { held: Held; says: string; children: ReactNode }) {
  return (
    <p className="s-held-line" data-state={props.held.state}>
      <span>{props.says}</span>
      <span>{props.children}</span>
    </p>
  )
}

function Small(props: { onClick: () => void; children: ReactNode }) {
  return (
    <Button size="compact-sm" variant="default" onClick={props.onClick}>
      {props.children}
    </Button>
  )
}
