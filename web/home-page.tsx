import { Navigate } from '@tanstack/react-router'
import { Empty } from '#ui/state/problem.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { roomRoutes } from './rooms.ts'
import type { RoomRoute } from './contract.ts'
import { useSession } from './people/session.tsx'

/** `/` leads to a screen that this reader may open: the one that calls itself home, or the first of his own. */
export function HomePage() {
  const t = useWords()
  const { actions, account_id } = useSession()
  const may = (route: RoomRoute) => !route.action || actions.includes(route.action)
  // The overview for whoever may see it; for the rest the first screen of their own: the people of an administrator.
  const home =
    account_id === null
      ? roomRoutes.find((route) => route.home)
      : (roomRoutes.find((route) => route.home && may(route)) ??
        roomRoutes.find((route) => route.home_without && may(route)) ??
        roomRoutes.find((route) => may(route) && route.menu !== false && !route.path.includes('$')))
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
