import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { DecideDialog } from '#ui/decide/decide.tsx'
import { useDraft } from '#ui/decide/draft.ts'
import { formatMoney, formatNumber } from '#ui/format.ts'
import { useReader, useWords } from '#ui/words.tsx'
import { useArea, useHeld, useMay, useNamed } from '#web/client.ts'

/** What a decision on a plan has to show of it. */
export interface PlanLine {
  plan_id: string
  household_id: string
  head_name: string
  state: string
  year: number
  cost: number
  area_code?: string
}

type Step = 'agree' | 'approve'
const from: Record<Step, string> = { agree: 'draft', approve: 'agreed' }
const subjectOf = (step: Step, plan_id: string) => `plan:${step}:${plan_id}`
const blank = { agreed_on: '', responsible_person: '' }

/** The step that is due on the plans shown, for whoever may take it: agreeing drafts, approving what was agreed. */
export function AgreeForm({ plans }: { plans: readonly PlanLine[] }) {
  const t = useWords()
  const held = useHeld()
  const may = { agree: useMay('prescribe.agree'), approve: useMay('prescribe.approve') }
  const [step, setStep] = useState<Step | null>(null)
  const due = (of: Step) =>
    may[of]
      ? plans.filter((plan) => plan.state === from[of] && !held.isDecided(subjectOf(of, plan.plan_id))).slice(0, 2000)
      : []
  return (
    <>
      <Group mb="md">
        {(['agree', 'approve'] as const).map(
          (each) =>
            due(each).length > 0 && (
              <Button key={each} color="seal" onClick={() => setStep(each)}>
                {t(`prescribe:${each}.open`)}
              </Button>
            ),
        )}
      </Group>
      {step && <PlanDialog key={step} step={step} plans={due(step)} onClose={() => setStep(null)} />}
    </>
  )
}

function PlanDialog(props: { step: Step; plans: readonly PlanLine[]; onClose: () => void }) {
  const { step, plans } = props
  const t = useWords()
  const named = useNamed()
  const { locale, currency, today } = useReader()
  const { code, found } = useArea()
  const held = useHeld()
  const scope = `prescribe.${step}`
  const draft = useDraft(scope, plans.length === 1 ? (plans[0]?.plan_id ?? code) : code, blank)
  const { agreed_on, responsible_person } = draft.value
  const money = (minor: number) => formatMoney(minor, locale, currency, { cents: 'never' })
  const costOf = (keys: readonly string[]) =>
    plans.filter((plan) => keys.includes(plan.plan_id)).reduce((sum, plan) => sum + plan.cost, 0)
  const placeOf = (area_code = '') => {
    const child = found?.children.find((each) => area_code.startsWith(each.area_code))
    return child ? named(child.name) : ''
  }
  return (
    <DecideDialog
      onClose={props.onClose}
      title={t(`prescribe:${step}.open`)}
      label={t('prescribe:agree.whom')}
      by_place={step === 'approve'}
      people={plans.map((plan) => ({
        key: plan.plan_id,
        name: plan.head_name,
        place: placeOf(plan.area_code),
        href: `/plans/${plan.household_id}?year=${plan.year}`,
        says: `${plan.household_id} · ${plan.year} · ${money(plan.cost)}`,
      }))}
      reason="none"
      scope={scope}
      ready={step === 'approve' || agreed_on !== ''}
      follows={(n, keys) =>
        t(`prescribe:${step}.follows`, { n: formatNumber(n, locale, 0), cost: money(costOf(keys)) })
      }
      confirm={(n) => t(`prescribe:${step}.do`, { n })}
      onDecide={async (decided) => {
        const plan_ids = decided.map((each) => each.key)
        const names = plans.filter((plan) => plan_ids.includes(plan.plan_id)).map((plan) => plan.head_name)
        const person = responsible_person.trim()
        await held.hold({
          says: t(names.length > 4 ? 'prescribe:agree.held_more' : 'prescribe:agree.held', {
            step: t(`prescribe:${step}.open`),
            names: names.slice(0, 4).join(t('prescribe:comma')),
            n: names.length - 4,
          }),
          subjects: plan_ids.map((plan_id) => subjectOf(step, plan_id)),
          builds: [
            (client) =>
              step === 'agree'
                ? client.api.prescribe.plans.agree.$post({
                    json: { plan_ids, agreed_on, ...(person ? { responsible_person: person } : {}) },
                  })
                : client.api.prescribe.plans.approve.$post({ json: { plan_ids } }),
          ],
          touches: [['prescribe'], ['road']],
          drafts: [[scope, plans.length === 1 ? (plans[0]?.plan_id ?? code) : code]],
        })
      }}
    >
      {step === 'agree' && (
        <>
          <TextInput
            type="date"
            label={t('prescribe:agree.day')}
            value={agreed_on}
            max={today}
            required
            onChange={(event) => draft.set({ ...draft.value, agreed_on: event.currentTarget.value })}
          />
          <TextInput
            label={t('prescribe:agree.person')}
            value={responsible_person}
            onChange={(event) => draft.set({ ...draft.value, responsible_person: event.currentTarget.value })}
          />
        </>
      )}
    </DecideDialog>
  )
}
