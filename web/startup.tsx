import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { useWords } from '#ui/words.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { WorkProgress } from '#ui/state/progress.tsx'
import { readHealth } from './health.ts'
import { SessionProvider } from './people/session.tsx'

/** The page while the demo world is being prepared, then who is signed in, then the product. */
export function Startup() {
  const t = useWords()
  const health = useQuery({
    queryKey: ['health'],
    queryFn: readHealth,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    // No answer while the server starts or restarts is waiting too.
    refetchInterval: (query) => (query.state.data?.ready ? false : 700),
  })
  if (health.data?.ready) {
    return (
      <SessionProvider
        waiting={
          <p className="s-alone" role="status">
            {t('ui.loading')}
          </p>
        }
        failed={(error) => (
          <main className="s-alone">
            <ProblemView error={error} onRetry={() => location.reload()} />
          </main>
        )}
      >
        <Outlet />
      </SessionProvider>
    )
  }
  const { state, message, done = 0, total = null } = health.data ?? {}
  return (
    <main className="s-alone">
      <h1>{t('startup.title')}</h1>
      <p>{t('startup.text')}</p>
      {state === 'failed' ? (
        <ProblemView error={{ title: t('startup.failed'), detail: message ?? null }} />
      ) : health.error && !health.data ? (
        <p role="status">{t('startup.no_answer')}</p>
      ) : (
        <WorkProgress label={t('startup.title')} work={{ done, total: total && total > 1 ? total : null, message }} />
      )}
    </main>
  )
}
