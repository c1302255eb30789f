import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { Choose, chosenAtFirst } from './choose.tsx'
import type { Person } from './choose.tsx'
import { Dialog } from './dialog.tsx'
import { useDrafts } from './draft.ts'
import { ProblemView } from '../state/problem.tsx'
import { useWords } from '../words.tsx'
import './decide.css'

export type { Person } from './choose.tsx'

/** Of one that was decided on: its key and the reason that was written for it. */
export type Decided = { key: string; reason: string }

type Props = {
  title: ReactNode
  /** What the choice of people is called. */
  label: string
  people: readonly Person[]
  by_place?: boolean
  /** Whether a reason is asked for each: none, may or must be there. Never filled in beforehand. */
  reason: 'none' | 'may' | 'must'
  reason_label?: string
  reason_hint?: string
  /** Names the form for its drafts: `appraise.review`. */
  scope: string
  /** What else is asked of each that is chosen, and whether it is still missing. */
  each?: { ask: (person: Person) => ReactNode; missing: (key: string) => boolean }
  /** What will follow for the number chosen, in a sentence. */
  follows: (chosen: number, keys: readonly string[]) => ReactNode
  confirm: (chosen: number) => string
  /** False while something else of the form is missing. */
  ready?: boolean
  /** Records or holds it; throws the problem. */
  onDecide: (decided: Decided[]) => Promise<unknown>
  /** What else the decision needs: a date, a place, a choice. */
  children?: ReactNode
}

/**
 * The one pattern of every decision on people: who they are, chosen row by row; a reason of one's own for each; what
 * will follow, in a sentence with the number; then the one button. Nothing is chosen or written beforehand.
 */
export function Decide(props: Props & { onDone: () => void; onLeave?: () => void }) {
  const t = useWords()
  const { people, scope } = props
  const [chosen, setChosen] = useState(() => chosenAtFirst(people))
  const reasons = useDrafts(scope, '')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const decided = people
    .filter((each) => chosen.has(each.key))
    .map(({ key }) => ({ key, reason: props.reason === 'none' ? '' : reasons.of(key).trim() }))
  const missing = decided.filter(
    ({ key, reason }) => (props.reason === 'must' && reason === '') || props.each?.missing(key),
  ).length
  const send = async () => {
    setBusy(true)
    setError(null)
    try {
      await props.onDecide(decided)
      props.onDone()
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="d-decide"
      onSubmit={(event) => {
        event.preventDefault()
        if (decided.length > 0 && missing === 0 && props.ready !== false && !busy) void send()
      }}
    >
      {props.children}
      <Choose
        label={props.label}
        people={people}
        chosen={chosen}
        onChange={setChosen}
        by_place={props.by_place ?? false}
      >
        {(person) => (
          <>
            {props.each?.ask(person)}
            {props.reason !== 'none' && (
              <Textarea
                label={props.reason_label ?? t('ui.decide.reason')}
                aria-label={`${props.reason_label ?? t('ui.decide.reason')}: ${person.name}`}
                placeholder={props.reason_hint}
                required={props.reason === 'must'}
                autosize
                minRows={1}
                value={reasons.of(person.key)}
                onChange={(event) => reasons.set(person.key, event.currentTarget.value)}
              />
            )}
          </>
        )}
      </Choose>
      {error !== null && <ProblemView error={error} />}
      <div className="d-decide-foot">
        <p className="d-follows" role="status">
          {decided.length === 0
            ? t('ui.decide.nobody')
            : missing > 0
              ? t('ui.decide.missing', { count: missing })
              : props.follows(
                  decided.length,
                  decided.map((each) => each.key),
                )}
        </p>
        <div className="d-decide-buttons">
          <Button
            type="submit"
            color="seal"
            loading={busy}
            disabled={decided.length === 0 || missing > 0 || props.ready === false}
          >
            {props.confirm(decided.length)}
          </Button>
          {props.onLeave && (
            <Button variant="default" onClick={props.onLeave}>
              {t('ui.decide.leave')}
            </Button>
          )}
        </div>
      </div>
    </form>
  )
}

/** The same in a dialog. */
export function DecideDialog(props: Props & { onClose: () => void }) {
  const { onClose, title, ...rest } = props
  return (
    <Dialog onClose={onClose} size="lg" title={title}>
      <Decide {...rest} title={title} onDone={onClose} onLeave={onClose} />
    </Dialog>
  )
}
