import { Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, lazy, useState, useSyncExternalStore } from 'react'
import { Icon } from '#ui/icons.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { AreaPath } from './area-path.tsx'
import { HeldBar } from '../held/held-bar.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { Mark } from './mark.tsx'
import { PersonMenu } from './person-menu.tsx'
import { Road } from './road.tsx'
import { SearchField } from './search-field.tsx'

// Fetched when it is first opened: what it is made of would be a tenth of the first load.
const RoadDrawer = lazy(() => import('./road-drawer.tsx'))
const TownshipNotice = lazy(() => import('./township.tsx'))

/** The frame around every screen: the road on the left, place, search, language and person on top. */
export function Frame() {
  const t = useWords()
  const { Link } = useReader()
  // The road is open on one path only: following a link closes it.
  const [openOn, setOpenOn] = useState<string | null>(null)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const open = openOn === path
  return (
    <div className="s-frame">
      <a href="#main" className="s-skip">
        {t('frame.skip')}
      </a>
      <header className="s-top d-screen">
        <button
          type="button"
          className="s-burger"
          aria-label={t('frame.road')}
          aria-expanded={open}
          onClick={() => setOpenOn(path)}
        >
          <Icon name="menu" size={24} />
        </button>
        <Link href="/" className="s-mark">
          <Mark />
          <span>Doorstep</span>
        </Link>
        <AreaPath />
        <SearchField />
        <div className="s-top-end">
          <LanguageSwitch />
          <PersonMenu />
        </div>
      </header>
      <nav className="s-side d-screen" aria-label={t('frame.road')}>
        <Road />
      </nav>
      {open && (
        <Suspense>
          <RoadDrawer onClose={() => setOpenOn(null)} />
        </Suspense>
      )}
      <main className="s-main" id="main" tabIndex={-1}>
        <Offline />
        <HeldBar />
        <Suspense>
          <TownshipNotice />
        </Suspense>
        <Outlet />
      </main>
    </div>
  )
}

const watchLine = (changed: () => void) => {
  window.addEventListener('online', changed)
  window.addEventListener('offline', changed)
  return () => {
    window.removeEventListener('online', changed)
    window.removeEventListener('offline', changed)
  }
}

function Offline() {
  const t = useWords()
  const online = useSyncExternalStore(watchLine, () => navigator.onLine)
  return online ? null : (
    <p className="s-offline" role="status">
      {t('frame.offline')}
    </p>
  )
}
