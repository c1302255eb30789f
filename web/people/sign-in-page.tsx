import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call } from '../api.ts'
import { LanguageSwitch } from '../frame/language-switch.tsx'
import { DemoClock } from '../frame/demo-clock.tsx'
import { Mark } from '../frame/mark.tsx'
import { useNamed } from '../frame/reader.tsx'
import { useSession, useSignIn } from './session.tsx'
import type { DemoPerson } from './session.tsx'

/** `/sign-in`: also the way to another person's place in the demo. */
export function SignInPage() {
  const router = useRouter()
  return (
    <main className="s-alone s-wide">
      <header className="s-alone-head">
        <span className="s-mark">
          <Mark />
          <span>Doorstep</span>
        </span>
        <LanguageSwitch />
      </header>
      <SignIn onDone={() => router.history.push('/')} />
    </main>
  )
}

/** Sign in with a password or, in the demo, with one click as one of the township's people. */
export function SignIn(props: { onDone?: () => void }) {
  const t = useWords()
  const { demo: isDemo } = useSession()
  return (
    <div>
      <PageHead title={t('sign_in.title')} lead={t(isDemo ? 'sign_in.lead_demo' : 'sign_in.lead')} />
      <DemoClock />
      {isDemo && <DemoPeople onDone={props.onDone} />}
      <Section title={t('sign_in.with_password')}>
        <PasswordForm onDone={props.onDone} />
        <p>
          <TextLink href="/set-password">{t('sign_in.have_code')}</TextLink>
        </p>
      </Section>
    </div>
  )
}

// One row at the desk: nobody should have to pass sixty surveyors to find the county.
const SHOWN = 3

function DemoPeople(props: { onDone?: () => void }) {
  const t = useWords()
  const people = useQuery({ queryKey: ['demo', 'people'], queryFn: () => call(api.api.demo.people.$get()) })
  const { demo } = useSignIn()
  if (people.error) return <ProblemView error={people.error} onRetry={() => void people.refetch()} />
  const all = people.data?.people ?? []
  const roles = [...new Set(all.map((person) => person.role))]
  const enter = (person: DemoPerson) =>
    // By its promise: signing in makes every query anew, and `mutate` calls nobody back on a page that was drawn anew.
    void demo.mutateAsync({ login: person.login, role: person.role, area_code: person.area_code }).then(
      () => props.onDone?.(),
      () => undefined,
    )
  return (
    <>
      {demo.error && <ProblemView error={demo.error} />}
      {roles.map((role) => (
        <RolePeople
          key={role}
          role={role}
          people={all.filter((p) => p.role === role)}
          busy={demo.isPending}
          onEnter={enter}
        />
      ))}
      {people.isLoading && <p role="status">{t('ui.loading')}</p>}
    </>
  )
}

function RolePeople(props: {
  role: string
  people: DemoPerson[]
  busy: boolean
  onEnter: (person: DemoPerson) => void
}) {
  const t = useWords()
  const named = useNamed()
  const [all, setAll] = useState(false)
  const shown = all ? props.people : props.people.slice(0, SHOWN)
  return (
    <section className="s-role" aria-label={t(`role.${props.role}`)}>
      <div>
        <h2>{t(`role.${props.role}`)}</h2>
        <p>{t(`role_does.${props.role}`)}</p>
      </div>
      <ul>
        {shown.map((person) => (
          <li key={`${person.login} ${person.area_code}`}>
            <button
              type="button"
              className="s-person d-card"
              disabled={props.busy}
              onClick={() => props.onEnter(person)}
            >
              <b>{named(person.name)}</b>
              <span>{named(person.area_name)}</span>
            </button>
          </li>
        ))}
        {shown.length < props.people.length && (
          <li>
            <Button variant="subtle" fullWidth mih={56} onClick={() => setAll(true)}>
              {t('sign_in.more', { n: props.people.length - shown.length })}
            </Button>
          </li>
        )}
      </ul>
    </section>
  )
}

function PasswordForm(props: { onDone?: () => void }) {
  const t = useWords()
  const { password: signIn } = useSignIn()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  return (
    <form
      className="s-password"
      onSubmit={(event) => {
        event.preventDefault()
        void signIn.mutateAsync({ login, password }).then(
          () => props.onDone?.(),
          () => undefined,
        )
      }}
    >
      <TextInput
        label={t('sign_in.login')}
        autoComplete="username"
        required
        value={login}
        onChange={(e) => setLogin(e.currentTarget.value)}
      />
      <PasswordInput
        label={t('sign_in.password')}
        autoComplete="current-password"
        required
        value={password}
        onChange={(e) => setPassword(e.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password') }}
      />
      <Button type="submit" loading={signIn.isPending}>
        {t('sign_in.enter')}
      </Button>
      {signIn.error && <ProblemView error={signIn.error} />}
    </form>
  )
}
