import { Navigate } from '@tanstack/react-router'
import { Empty } from '#ui/problem.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { roomRoutes } from './rooms.ts'

/** `/` leads to the room's screen that calls itself home. */
export function HomePage() {
  const t = useWords()
  const home = roomRoutes.find((route) => route.home) ?? roomRoutes.find((route) => route.path === '/see')
  if (home) return <Navigate to={home.path as '/'} search={true as never} replace />
  return <Empty title={t('home.none')} text={t('home.none_text')} />
}

/** An address that leads nowhere. */
export function LostPage() {
  const t = useWords()
  return (
    <main className="s-alone">
      <h1>{t('lost.title')}</h1>
      <p>{t('lost.text')}</p>
      <TextLink href="/">{t('lost.home')}</TextLink>
    </main>
  )
}
