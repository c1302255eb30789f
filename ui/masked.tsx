import { Button, Popover, TextInput } from '@mantine/core'
import { useState } from 'react'
import { troubleOf } from './state/problem.tsx'
import { useWords } from './words.tsx'
import './charts/figures.css'

/**
 * A personal number behind its mask. With `onReveal` a reader who may see it says why, and sees it for half a minute;
 * the reason goes where `onReveal` takes it (an audit event), and a refusal is shown in its own words.
 */
export function Masked(props: { value: string | null; label: string; onReveal?: (reason: string) => Promise<string> }) {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const [clear, setClear] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  if (!props.value) return <span>—</span>
  if (clear) return <span className="d-num">{clear}</span>
  const reveal = async () => {
    try {
      setClear((await props.onReveal?.(reason)) ?? null)
      setOpen(false)
      setTimeout(() => setClear(null), 30_000)
    } catch (error) {
      setRefusal(troubleOf(error).title)
    }
  }
  return (
    <span className="d-masked">
      <span className="d-num">{props.value}</span>
      {props.onReveal && (
        <Popover opened={open} onChange={setOpen} trapFocus withArrow shadow="md">
          <Popover.Target>
            <button
              type="button"
              className="d-text-button d-screen"
              onClick={() => setOpen(!open)}
              aria-label={`${t('ui.masked.show')}: ${props.label}`}
            >
              {t('ui.masked.show')}
            </button>
          </Popover.Target>
          <Popover.Dropdown>
            <form
              onSubmit={(event) => {
                event.preventDefault()
                void reveal()
              }}
            >
              <TextInput
                label={t('ui.masked.why')}
                description={t('ui.masked.recorded')}
                value={reason}
                error={refusal}
                onChange={(event) => setReason(event.currentTarget.value)}
                required
                minLength={4}
              />
              <Button type="submit" mt={8} disabled={reason.trim().length < 4}>
                {t('ui.masked.show')}
              </Button>
            </form>
          </Popover.Dropdown>
        </Popover>
      )}
    </span>
  )
}
