import { useEffect, useState } from 'react'
import type { Decision, QueueProps } from './queue.tsx'

/** A decision may be taken back for a minute: ui.md, "Queues". */
const UNDO_MS = 60_000

type Done<Item> = { item: Item; decision: Decision; at: number }

/** Seconds a decision has taken on average, from the times (ms) of the last twenty; null before there are three. */
export function paceOf(times: number[]): number | null {
  const last = times.slice(-20)
  if (last.length < 3) return null
  return ((last.at(-1) as number) - (last[0] as number)) / (last.length - 1) / 1000
}

/** The state of a queue: what is current, what was decided here, how fast, and what may still be taken back. */
export function useQueue<Item>(props: QueueProps<Item>) {
  const [chosen, choose] = useState<string | null>(null)
  const [done, setDone] = useState<Array<Done<Item>>>([])
  const [order, setOrder] = useState<string[]>([])
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [now, setNow] = useState(() => Date.now())
  const last = done.at(-1)
  const seconds = last ? Math.ceil(Math.min(UNDO_MS, last.at + UNDO_MS - now) / 1000) : 0
  useEffect(() => {
    if (seconds <= 0) return
    const timer = setTimeout(() => setNow(Date.now()), 1000)
    return () => clearTimeout(timer)
  }, [seconds, now])

  const decided = new Set(done.map((d) => props.itemKey(d.item)))
  const isGone = (item: Item) => (props.gone ? props.gone(item) : decided.has(props.itemKey(item)))
  const open = props.items.filter((item) => !isGone(item))
  // Skipped items go to the end in the order they were skipped.
  const rank = (item: Item) => order.indexOf(props.itemKey(item))
  const items = [
    ...open.filter((item) => rank(item) < 0),
    ...open.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b)),
  ]
  const at = Math.max(
    0,
    items.findIndex((item) => props.itemKey(item) === chosen),
  )
  const current = items[at]
  const gone = props.items.length - open.length
  const next = () => {
    const following = items[at + 1] ?? items[at - 1]
    choose(following ? props.itemKey(following) : null)
  }
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true)
    setError(null)
    try {
      await work()
      setNow(Date.now())
      return true
    } catch (problem) {
      setError(problem)
      return false
    } finally {
      setBusy(false)
    }
  }
  return {
    items,
    current,
    busy,
    error,
    choose,
    left: (props.paged?.left ?? props.items.length) - gone,
    /** Fetches what comes after the page that is done; what fails is told, with a way to try again. */
    more: () => run(async () => props.paged?.more()),
    per_item: paceOf(done.map((d) => d.at)) ?? props.pace ?? null,
    undoable: last && props.onUndo && seconds > 0 ? { item: last.item, decision: last.decision, seconds } : null,
    move: (by: number) => {
      const to = items[Math.max(0, Math.min(items.length - 1, at + by))]
      if (to) choose(props.itemKey(to))
    },
    skip: () => {
      if (!current || busy) return
      const key = props.itemKey(current)
      next()
      setOrder((keys) => [...keys.filter((k) => k !== key), key])
    },
    decide: async (decision: Decision) => {
      if (!current || busy) return
      if (await run(() => props.onDecide(current, decision))) {
        next()
        setDone((all) => [...all, { item: current, decision, at: Date.now() }])
      }
    },
    undo: async () => {
      if (!last || busy || seconds <= 0) return
      if (await run(async () => props.onUndo?.(last.item, last.decision))) {
        setDone((all) => all.slice(0, -1))
        choose(props.itemKey(last.item))
      }
    },
  }
}
