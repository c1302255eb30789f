import { Button, NativeSelect, Radio, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Dialog } from '#ui/decide/dialog.tsx'
import { useDraft } from '#ui/decide/draft.ts'
import { ProblemView } from '#ui/state/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, usePackWords } from '#web/client.ts'
import type { Notice, Objection } from './board-data.ts'

/** Write down what somebody says against a household on a notice; a name is not asked for. */
export function ObjectDialog(props: { notice: Notice; today: string; onClose: () => void }) {
  const { notice, today, onClose } = props
  const t = useWords()
  const queries = useQueryClient()
  const blank = { household_id: '', made_on: today, made_by: '', statement: '' }
  const { value: told, set: setTold, clear } = useDraft('appraise.objection', notice.notice_id, blank)
  const hanging = useQuery({
    queryKey: ['appraise', 'notice', notice.notice_id],
    queryFn: () =>
      call(
        api.api.appraise.notices[':notice_id'].$get({
          param: { notice_id: notice.notice_id },
          query: { area_code: notice.area_code },
        }),
      ),
  })
  const save = useMutation({
    mutationFn: () => call(api.api.appraise.objections.$post({ json: { ...told, notice_id: notice.notice_id } })),
    onSuccess: async () => {
      clear()
      notifications.show({ message: t('appraise:done.object') })
      await queries.invalidateQueries({ queryKey: ['appraise'] })
      onClose()
    },
  })
  return (
    <Dialog onClose={onClose} size="md" title={t('appraise:objection.record')}>
      <form
        className="ap-form"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <NativeSelect
          label={t('appraise:objection.household')}
          required
          value={told.household_id}
          onChange={(event) => setTold({ ...told, household_id: event.currentTarget.value })}
          data={[
            { value: '', label: t('appraise:objection.choose') },
            ...(hanging.data?.households ?? []).map((each) => ({
              value: each.household_id,
              label: `${each.head_name} ${each.household_id.slice(-4)}`,
            })),
          ]}
        />
        <Textarea
          label={t('appraise:objection.statement')}
          required
          autosize
          minRows={3}
          value={told.statement}
          onChange={(event) => setTold({ ...told, statement: event.currentTarget.value })}
        />
        <TextInput
          label={t('appraise:objection.made_by')}
          description={t('appraise:objection.made_by_text')}
          value={told.made_by}
          onChange={(event) => setTold({ ...told, made_by: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t('appraise:objection.made_on')}
          min={notice.posted_on}
          max={today}
          required
          value={told.made_on}
          onChange={(event) => setTold({ ...told, made_on: event.currentTarget.value })}
        />
        {(hanging.error ?? save.error) && <ProblemView error={hanging.error ?? save.error} />}
        <div className="ap-row">
          <Button
            type="submit"
            color="seal"
            disabled={told.household_id === '' || told.statement.trim() === ''}
            loading={save.isPending}
          >
            {t('appraise:objection.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('appraise:cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const answer_blank = { state: null as 'upheld' | 'dismissed' | null, resolution: '' }

/** Answer an objection: it holds, and the household is rejected when the notice closes, or it does not. */
export function ResolveDialog(props: { objection: Objection; onClose: () => void }) {
  const { objection, onClose } = props
  const t = useWords()
  const label = usePackWords()
  const queries = useQueryClient()
  const draft = useDraft('appraise.answer', objection.objection_id, answer_blank)
  const { state, resolution } = draft.value
  const save = useMutation({
    mutationFn: () =>
      call(
        api.api.appraise.objections[':objection_id'].resolve.$post({
          param: { objection_id: objection.objection_id },
          json: { state: state ?? 'dismissed', resolution: resolution.trim() },
        }),
      ),
    onSuccess: async () => {
      draft.clear()
      notifications.show({ message: t('appraise:done.resolve') })
      await queries.invalidateQueries({ queryKey: ['appraise'] })
      onClose()
    },
  })
  return (
    <Dialog onClose={onClose} size="md" title={t('appraise:objection.answer')}>
      <form
        className="ap-form"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <p className="ap-statement">{objection.statement}</p>
        <Radio.Group
          label={t('appraise:objection.holds')}
          description={t('appraise:objection.holds_text')}
          value={state}
          onChange={(value) => draft.change({ state: value as typeof state })}
        >
          <div className="ap-row">
            {(['upheld', 'dismissed'] as const).map((each) => (
              <Radio key={each} value={each} label={label('objection', each)} />
            ))}
          </div>
        </Radio.Group>
        <Textarea
          label={t('appraise:objection.resolution')}
          required
          autosize
          minRows={3}
          value={resolution}
          onChange={(event) => draft.change({ resolution: event.currentTarget.value })}
        />
        {save.error && <ProblemView error={save.error} />}
        <div className="ap-row">
          <Button
            type="submit"
            color="seal"
            disabled={state === null || resolution.trim() === ''}
            loading={save.isPending}
          >
            {t('appraise:objection.save_answer')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('appraise:cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
