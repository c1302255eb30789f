import { Button, Kbd } from '@mantine/core'
import { useEffect, useEffectEvent, useRef } from 'react'
import type { ReactNode } from 'react'
import { formatNumber, formatSeconds } from '../format.ts'
import { Icon } from '../icons.tsx'
import { Waiting } from '../state/loaded.tsx'
import { Empty, ProblemView } from '../state/problem.tsx'
import { useQueue } from './queue-state.ts'
import { useReader } from '../words.tsx'
import './queue.css'

export type Decision = 'accept' | 'reject' | 'unsure'

type Offered = Partial<Record<Decision, string>>

export type QueueProps<Item> = {
  label: string
  items: Item[]
  itemKey: (item: Item) => string
  /** The one item large, with its evidence. */
  children: (item: Item) => ReactNode
  /** The same item as one line of the list. */
  row: (item: Item) => ReactNode
  /**
   * Words of the three decisions for this queue ("Same person", "Different", "Not sure"), or for an item of it; one left
   * out is not offered.
   */
  decisions: Offered | ((item: Item) => Offered)
  onDecide: (item: Item, decision: Decision) => Promise<unknown>
  /** Takes a decision back within a minute. Without it there is no undo. */
  onUndo?: (item: Item, decision: Decision) => Promise<unknown>
  /** Where `items` is only the first page: how many are left in all, and how the next are fetched. It ends at zero alone. */
  paged?: { left: number; more: () => Promise<unknown> }
  /**
   * Whether an item counts as decided, where decisions are held back for a minute and can come back: then this alone
   * says so, and `onUndo` takes back what is held.
   */
  gone?: (item: Item) => boolean
  /** Seconds a decision has taken so far, where that is known, until this sitting shows its own pace. */
  pace?: number | null
  /** What else there is to know of the whole queue, beside what is left. */
  beside?: ReactNode
  /** Told of the item that is now large, so that what comes after it can be fetched meanwhile. */
  onCurrent?: (item: Item) => void
  empty?: { title: string; text?: ReactNode; action?: ReactNode }
}

const KEYS: Record<string, Decision> = { a: 'accept', r: 'reject', u: 'unsure' }
const LETTERS: Record<Decision, string> = { accept: 'A', reject: 'R', unsure: 'U' }

/** Decisions one after another by keyboard: j and k move, a accepts, r rejects, u is unsure, s skips, z takes back. */
export function Queue<Item>(props: QueueProps<Item>) {
  const { words: t, locale } = useReader()
  const queue = useQueue(props)
  const { current, undoable } = queue
  const offeredFor = (item: Item | undefined): Offered =>
    typeof props.decisions !== 'function' ? props.decisions : item === undefined ? {} : props.decisions(item)
  const decisions = offeredFor(current)
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    const typing = target.closest('input,textarea,select,[contenteditable=true],[role=dialog],[role=menu]')
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.toLowerCase()
    const decision = KEYS[key]
    if (key === 'j') queue.move(1)
    else if (key === 'k') queue.move(-1)
    else if (key === 's') queue.skip()
    else if (key === 'z' && undoable) void queue.undo()
    else if (decision && decisions[decision]) void queue.decide(decision)
    else return
    event.preventDefault()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])

  const keys = [['J', 'next'], ['K', 'previous'], ...(props.onUndo ? [['Z', 'take_back']] : [])]
  const main = useRef<HTMLDivElement>(null)
  const rest = useRef<HTMLOListElement>(null)
  const shown = current && props.itemKey(current)
  const before = useRef(shown)
  const onShown = useEffectEvent((key: string | undefined) => {
    if (current) props.onCurrent?.(current)
    else if (queue.left > 0) void queue.more()
    // The next item is read from its top, wherever the last one was left.
    if (before.current !== key && main.current && main.current.getBoundingClientRect().top < 0) {
      main.current.scrollIntoView({ block: 'start' })
    }
    before.current = key
    const line = rest.current?.querySelector<HTMLElement>('[aria-current]')
    const list = rest.current
    if (line && list) {
      const end = line.offsetTop + line.offsetHeight - list.clientHeight
      list.scrollTop = Math.max(end, Math.min(list.scrollTop, line.offsetTop))
    }
  })
  useEffect(() => onShown(shown), [shown])

  const offered = (['accept', 'reject', 'unsure'] as const).filter((d) => decisions[d])
  return (
    <section className="d-queue" aria-label={props.label} data-total={queue.left}>
      <div className="d-queue-bar">
        <span role="status" className="d-num">
          {t('ui.queue.left', { n: formatNumber(queue.left, locale, 0) })}
          {queue.per_item !== null &&
            ` · ${t('ui.queue.pace', { each: formatSeconds(queue.per_item, locale), all: formatSeconds(queue.per_item * queue.left, locale) })}`}
          {props.beside && <> · {props.beside}</>}
        </span>
        {undoable && (
          <Button
            variant="subtle"
            size="compact-md"
            leftSection={<Icon name="undo" size={16} />}
            onClick={() => void queue.undo()}
          >
            {t('ui.queue.undo', { what: offeredFor(undoable.item)[undoable.decision] ?? '', n: undoable.seconds })}{' '}
            <Kbd ml={8}>Z</Kbd>
          </Button>
        )}
      </div>
      {queue.error !== null && !current && (
        <ProblemView error={queue.error} {...(queue.left > 0 ? { onRetry: () => void queue.more() } : {})} />
      )}
      {!current ? (
        queue.left > 0 ? (
          queue.error === null && <Waiting />
        ) : (
          <Empty {...(props.empty ?? { title: t('ui.queue.empty') })} />
        )
      ) : (
        <div className="d-queue-body">
          <div className="d-queue-main" ref={main}>
            <div className="d-card d-queue-item">{props.children(current)}</div>
            <div className="d-queue-decide">
              {/* Where the eye is when a decision was refused. */}
              {queue.error !== null && <ProblemView error={queue.error} />}
              {offered.map((decision) => (
                <Button
                  key={decision}
                  size="md"
                  color={decision === 'accept' ? 'seal' : undefined}
                  variant={decision === 'accept' ? 'filled' : 'default'}
                  disabled={queue.busy}
                  onClick={() => void queue.decide(decision)}
                  rightSection={<Kbd>{LETTERS[decision]}</Kbd>}
                >
                  {decisions[decision]}
                </Button>
              ))}
              <Button size="md" variant="subtle" disabled={queue.busy} onClick={queue.skip} rightSection={<Kbd>S</Kbd>}>
                {t('ui.queue.skip')}
              </Button>
            </div>
          </div>
          <div>
            {/* Of no use without a keyboard: hidden where the pointer is a finger. */}
            <p className="d-queue-keys">
              {keys.map(([letter, word]) => (
                <span key={letter}>
                  <Kbd>{letter}</Kbd> {t(`ui.queue.${word}`)}
                </span>
              ))}
            </p>
            <ol className="d-queue-list" ref={rest} aria-label={t('ui.queue.rest')}>
              {queue.items.slice(0, 200).map((item) => {
                const key = props.itemKey(item)
                return (
                  <li key={key}>
                    <button
                      type="button"
                      aria-current={item === current ? 'true' : undefined}
                      onClick={() => queue.choose(key)}
                    >
                      {props.row(item)}
                    </button>
                  </li>
                )
              })}
            </ol>
          </div>
        </div>
      )}
    </section>
  )
}
