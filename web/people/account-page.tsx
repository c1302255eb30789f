import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords, type Words } from '#ui/words.tsx'
import { api, call } from '../api.ts'
import { deviceName } from './device-name.ts'
import { useNamed } from '../frame/reader.tsx'

/** `/account`: the reader's own password, and where he is signed in. */
export function AccountPage() {
  const t = useWords()
  const sessions = useQuery({
    queryKey: ['account', 'sessions'],
    queryFn: () => call(api.api.account.sessions.$get()),
  })
  return (
    <div>
      <PageHead title={t('account.title')} lead={t('account.lead')} />
      {sessions.error && <ProblemView error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {sessions.isLoading && <Waiting lines={4} />}
      {sessions.data && (
        <>
          <Section title={t('account.password')}>
            {sessions.data.can_change_password ? <ChangePassword /> : <p>{t('account.no_password')}</p>}
          </Section>
          <Section title={t('account.sessions')}>
            <Sessions sessions={sessions.data.sessions} />
          </Section>
        </>
      )}
    </div>
  )
}

function ChangePassword() {
  const t = useWords()
  const [old_password, setOld] = useState('')
  const [password, setNew] = useState('')
  const change = useMutation({
    mutationFn: () => call(api.api.account.password.$post({ json: { old_password, password } })),
    onSuccess: () => {
      setOld('')
      setNew('')
    },
  })
  return (
    <form
      className="s-form"
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate()
      }}
    >
      <PasswordInput
        label={t('account.old')}
        value={old_password}
        onChange={(event) => setOld(event.currentTarget.value)}
        autoComplete="current-password"
        required
      />
      <PasswordInput
        label={t('account.new')}
        description={t('account.new_help')}
        value={password}
        onChange={(event) => setNew(event.currentTarget.value)}
        autoComplete="new-password"
        required
      />
      {change.error && <ProblemView error={change.error} />}
      {change.isSuccess && <p role="status">{t('account.changed')}</p>}
      <Button type="submit" mih={44} loading={change.isPending}>
        {t('account.change')}
      </Button>
    </form>
  )
}

interface Open {
  session_id: string
  this_one: boolean
  role: string
  area_code: string
  area_name: { en: string; zh: string } | null
  user_agent: string | null
  expires_at: string
}

function Sessions(props: { sessions: Open[] }) {
  const t = useWords()
  const named = useNamed()
  const queries = useQueryClient()
  // The session in hand stands first.
  const own = props.sessions.toSorted((a, b) => Number(b.this_one) - Number(a.this_one))
  const end = useMutation({
    mutationFn: (session_id: string) =>
      call(api.api.account.sessions[':session_id'].$delete({ param: { session_id } })),
    onSettled: () => queries.invalidateQueries(),
  })
  const all = useMutation({
    mutationFn: () => call(api.api.account['sign-out-everywhere'].$post()),
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <>
      <ul className="s-list">
        {own.map((each) => (
          <li key={each.session_id} className="d-card s-line">
            <span>
              <b>
                {t(`role.${each.role}`)}, {each.area_name ? named(each.area_name) : each.area_code}
              </b>
              <small>
                {deviceText(t, each.user_agent)} · {t('account.until')}{' '}
                <DateText value={each.expires_at} style="time" />
              </small>
            </span>
            {each.this_one ? (
              <Tag tone="met">{t('account.this_one')}</Tag>
            ) : (
              <Button variant="default" mih={44} onClick={() => end.mutate(each.session_id)}>
                {t('account.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {(end.error ?? all.error) && <ProblemView error={end.error ?? all.error} />}
      <Button variant="outline" color="red" mih={44} loading={all.isPending} onClick={() => all.mutate()}>
        {t('account.end_all')}
      </Button>
    </>
  )
}

/** "Chrome on Windows": what a browser says of itself, in the names that people know. */
function deviceText(t: Words, user_agent: string | null): string {
  const { program, system } = deviceName(user_agent)
  if (program && system) return t('account.device', { program, system })
  return program ?? system ?? t('account.unknown_device')
}

/** `/set-password`: with the code that an administrator handed over; nobody is signed in yet. */
export function SetPasswordPage() {
  const t = useWords()
  const [login, setLogin] = useState('')
  const [code, setCode] = useState('')
  const [password, setPassword] = useState('')
  const use = useMutation({
    mutationFn: () => call(api.api.account.code.$post({ json: { login, code, password } })),
    onSuccess: () => window.location.assign('/'),
  })
  return (
    <div>
      <PageHead title={t('account.set_title')} lead={t('account.set_lead')} />
      <form
        className="s-form"
        onSubmit={(event) => {
          event.preventDefault()
          use.mutate()
        }}
      >
        <TextInput
          label={t('people.login')}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          autoComplete="username"
          required
        />
        <TextInput
          label={t('account.code')}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="one-time-code"
          required
        />
        <PasswordInput
          label={t('account.new')}
          description={t('account.new_help')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          required
        />
        {use.error && <ProblemView error={use.error} />}
        <Button type="submit" mih={44} loading={use.isPending}>
          {t('account.set')}
        </Button>
      </form>
    </div>
  )
}
