import { useEffect, useState } from 'react'
import type { RefObject } from 'react'

/** How far below the screen a drawing is fetched before its reader comes to it. */
const MARGIN = '300px'
const PATIENCE_MS = 2000

// The Network Information API; where a browser has none, the width of the screen tells a phone.
type Line = { saveData?: boolean; effectiveType?: string }

function isSparing(): boolean {
  const line = (navigator as Navigator & { connection?: Line }).connection
  if (line?.saveData || /2g|3g/.test(line?.effectiveType ?? '')) return true
  return window.matchMedia('(max-width: 40em)').matches
}

/**
 * True once the element is on the screen or just below it. On a wide screen with a good line, soon after the page is
 * there: what weighs much is then fetched unasked. Stays true.
 */
export function useNear(ref: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(() => typeof IntersectionObserver === 'undefined')
  useEffect(() => {
    if (near || !ref.current) return
    const watch = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && setNear(true), {
      rootMargin: MARGIN,
    })
    watch.observe(ref.current)
    const show = () => setNear(true)
    const timer = isSparing() ? null : setTimeout(show, PATIENCE_MS)
    window.addEventListener('beforeprint', show)
    return () => {
      watch.disconnect()
      if (timer !== null) clearTimeout(timer)
      window.removeEventListener('beforeprint', show)
    }
  }, [near, ref])
  return near
}
