import { useQuery } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { cycle } from '#cycle/cycle.ts'
import { Icon } from '#ui/icons.tsx'
import type { IconName } from '#ui/icons.tsx'
import { Num } from '#ui/text.tsx'
import { useReader } from '#ui/words.tsx'
import { fetchJson } from '../api.ts'
import { DemoClock } from './demo-clock.tsx'
import { useArea } from '../area.ts'
import { menuOf, roomRoutes } from '../rooms.ts'
import { useNamed } from './reader.tsx'
import { useSession } from '../people/session.tsx'

/** `GET /api/road?area_code=`: for each room what stands there now, and what waits for a decision. */
type RoadCounts = {
  steps: Array<{
    step: string
    count: number
    href?: string
    waiting?: number
    desks: Array<{ key: string; count: number; href: string }>
  }>
}

/** The campaign's twelve steps with their live counts in the current area; the step one is in opens its screens. */
export function Road() {
  const { words: t, Link } = useReader()
  const { actions } = useSession()
  const named = useNamed()
  const { code, found: place } = useArea()
  const counts = useQuery({
    queryKey: ['road', code],
    queryFn: () => fetchJson<RoadCounts>(`/api/road?area_code=${encodeURIComponent(code)}`),
    enabled: code !== '' && actions.includes('see.read'),
    refetchInterval: 30_000,
    retry: false,
  })
  const path = useRouterState({ select: (state) => state.location.pathname })
  const here = currentStep(path)
  return (
    <>
      <ol className="s-road">
        {cycle.map((room) => {
          const screens = menuOf(room.folder, actions)
          const first = screens[0]
          const found = counts.data?.steps.find((each) => each.step === room.folder)
          const active = here === room.folder
          const inner = (
            <>
              <Icon name={room.name as IconName} />
              <span className="s-road-word">{t(`road.${room.name}`)}</span>
            </>
          )
          const [desk, ...others] = found?.desks ?? []
          return (
            <li key={room.folder} className={active ? 's-here' : undefined}>
              <div className="s-road-line">
                {first ? (
                  <Link href={first.path} aria-current={active ? 'step' : undefined} className="s-road-step">
                    {inner}
                  </Link>
                ) : (
                  <span className="s-road-step s-road-shut">{inner}</span>
                )}
                {/* Each number opens the list it counts: what waits, and what stands. */}
                <span className="s-road-count">
                  {desk && found?.waiting ? (
                    <Link
                      href={others.length === 0 ? desk.href : `/see#waiting-${room.name}`}
                      data-count={found.waiting}
                      className="s-road-waits"
                      title={t('frame.waiting')}
                    >
                      <Num value={found.waiting} />
                      <span className="d-hidden"> {t('frame.waiting')}</span>
                    </Link>
                  ) : null}
                  {found &&
                    (found.href ? (
                      <Link
                        href={found.href}
                        data-count={found.count}
                        aria-label={`${t(`road.${room.name}`)} ${found.count}`}
                      >
                        <Num value={found.count} />
                      </Link>
                    ) : (
                      <Num value={found.count} />
                    ))}
                </span>
              </div>
              {active && screens.length > 1 && (
                <ul>
                  {screens.map((screen) => (
                    <li key={screen.path}>
                      <Link href={screen.path} aria-current={path === screen.path ? 'page' : undefined}>
                        {t(screen.label)}
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          )
        })}
      </ol>
      {place && (
        <div className="s-road-place">
          <b>{named(place.area.name)}</b>
          {t(`level.${place.area.level}`)} <span className="d-num">{place.area.area_code}</span>
          {place.area.population !== null && (
            <div>
              {t('frame.population')} <Num value={place.area.population} />
            </div>
          )}
          {place.children.length > 0 && (
            <div>
              {t('frame.below')} <Num value={place.children.length} />
            </div>
          )}
        </div>
      )}
      <DemoClock />
    </>
  )
}

/** The step of the screen at a path: `$` stands for one part of it. */
function currentStep(path: string): string | undefined {
  const parts = path.split('/')
  return roomRoutes.find((route) => {
    const own = route.path.split('/')
    return own.length === parts.length && own.every((part, i) => part.startsWith('$') || part === parts[i])
  })?.step
}
