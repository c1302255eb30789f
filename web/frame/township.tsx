import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { formatSeconds } from '#ui/format.ts'
import { ProblemView } from '#ui/state/problem.tsx'
import { useReader } from '#ui/words.tsx'
import { fetchJson, upload } from '../api.ts'
import { useSession } from '../people/session.tsx'
import './township.css'

interface Told {
  state: 'none' | 'living' | 'ready' | 'failed' | 'opened'
  step: string | null
  share: number | null
  seconds_left: number | null
}

const PATH = '/api/demo/township'
const HIDDEN = 'doorstep.township.hidden'

/** In the demonstration's first villages: that the whole township can be lived, how far it is, and that it can be opened. */
export default function TownshipNotice() {
  const { words: t, locale } = useReader()
  const { demo, account_id } = useSession()
  const queries = useQueryClient()
  const [hidden, setHidden] = useState(() => sessionStorage.getItem(HIDDEN))
  const [error, setError] = useState<unknown>(null)
  const asked = useQuery({
    queryKey: ['demo', 'township'],
    queryFn: () => fetchJson<Told>(PATH),
    enabled: demo && account_id !== null,
    // A demonstration on a server of one's own has no villages apart.
    retry: false,
    refetchInterval: (query) => (query.state.data?.state === 'living' ? 1500 : false),
  })
  const told = asked.data
  if (!told || told.state === 'opened' || hidden === told.state) return null
  const act = (action: 'live' | 'open') => {
    setError(null)
    void upload<Told>(PATH, JSON.stringify({ action }), { 'content-type': 'application/json' }).then((now) => {
      // Another registry, in which nobody has signed in.
      if (action === 'open') location.assign('/')
      else queries.setQueryData(['demo', 'township'], now)
    }, setError)
  }
  const hide = () => {
    sessionStorage.setItem(HIDDEN, told.state)
    setHidden(told.state)
  }
  return (
    <aside className="s-township d-screen" aria-label={t('township.label')}>
      {told.state === 'living' ? (
        <>
          <p role="status">
            <b>{t('township.living')}</b> {told.step}
            {told.seconds_left === null
              ? ''
              : ` · ${t('ui.work.left', { time: formatSeconds(told.seconds_left, locale) })}`}
          </p>
          <progress value={told.share ?? 0} max={1} aria-label={t('township.living')} />
        </>
      ) : (
        <>
          <p>
            <b>{t(`township.${told.state}`)}</b> {t(`township.${told.state}_more`)}
          </p>
          <div>
            <button type="button" onClick={() => act(told.state === 'ready' ? 'open' : 'live')}>
              {t(told.state === 'ready' ? 'township.open' : 'township.live')}
            </button>
            <button type="button" className="s-township-hide" onClick={hide}>
              {t('township.hide')}
            </button>
          </div>
        </>
      )}
      {error !== null && <ProblemView error={error} />}
    </aside>
  )
}
