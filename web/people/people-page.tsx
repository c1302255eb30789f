import { Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call } from '../api.ts'
import { useNamed } from '../frame/reader.tsx'
import { useSession } from './session.tsx'

interface Account {
  account_id: string
  login: string
  name: { en: string; zh: string }
  disabled_at: string | null
  demo: boolean
  has_password: boolean
  code_until: string | null
  manageable: boolean
  roles: { role: string; area_code: string; area_name: { en: string; zh: string } | null }[]
}

const SHOWN = 50

/** `/people`: the accounts of the reader's area; an administrator invites, resets, closes and opens them. */
export function PeoplePage() {
  const t = useWords()
  const { actions } = useSession()
  const [search, setSearch] = useState('')
  const [shown, setShown] = useState(SHOWN)
  const list = useQuery({ queryKey: ['accounts'], queryFn: () => call(api.api.accounts.$get()) })
  const may = actions.includes('account.manage')
  const wanted = search.trim().toLowerCase()
  const found = (list.data?.accounts ?? []).filter((each) =>
    [each.login, each.name.en, each.name.zh].some((text) => text.toLowerCase().includes(wanted)),
  )
  return (
    <div>
      <PageHead title={t('people.title')} lead={t('people.lead')} />
      {list.error && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
      {list.isLoading && <Waiting />}
      {may && list.data && (
        <Section title={t('people.invite')}>
          <Invite role_levels={list.data.role_levels} />
        </Section>
      )}
      {list.data && (
        <Section title={t('people.count', { n: found.length })}>
          <TextInput
            label={t('people.search')}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <ul className="s-list">
            {found.slice(0, shown).map((each) => (
              <Line key={each.account_id} account={each} may={may && each.manageable} />
            ))}
          </ul>
          {found.length > shown && (
            <Button variant="subtle" mih={44} onClick={() => setShown(shown + SHOWN)}>
              {t('people.more', { n: found.length - shown })}
            </Button>
          )}
        </Section>
      )}
    </div>
  )
}

function Line(props: { account: Account; may: boolean }) {
  const t = useWords()
  const named = useNamed()
  const { account } = props
  const queries = useQueryClient()
  const of = api.api.accounts[':account_id']
  const param = { account_id: account.account_id }
  const again = { onSuccess: () => queries.invalidateQueries({ queryKey: ['accounts'] }) }
  const disable = useMutation({ mutationFn: () => call(of.disable.$post({ param })), ...again })
  const enable = useMutation({ mutationFn: () => call(of.enable.$post({ param })), ...again })
  const reset = useMutation({ mutationFn: () => call(of.reset.$post({ param })), ...again })
  const error = disable.error ?? enable.error ?? reset.error
  const state =
    account.disabled_at !== null ? 'closed' : account.demo ? 'demo' : account.has_password ? 'open' : 'waits'
  return (
    <li className="d-card">
      <div className="s-line">
        <span>
          <b>
            {named(account.name)} <small>{account.login}</small>
          </b>
          {account.roles.map((each) => (
            <small key={`${each.role} ${each.area_code}`}>
              {t(`role.${each.role}`)}, {each.area_name ? named(each.area_name) : each.area_code}
            </small>
          ))}
          <small>{t(`people.state.${state}`)}</small>
        </span>
        {props.may && (
          <span className="s-actions">
            {account.disabled_at === null ? (
              <>
                {!account.demo && (
                  <Button variant="default" mih={44} loading={reset.isPending} onClick={() => reset.mutate()}>
                    {t('people.reset')}
                  </Button>
                )}
                <Button variant="default" mih={44} loading={disable.isPending} onClick={() => disable.mutate()}>
                  {t('people.disable')}
                </Button>
              </>
            ) : (
              <Button variant="default" mih={44} loading={enable.isPending} onClick={() => enable.mutate()}>
                {t('people.enable')}
              </Button>
            )}
          </span>
        )}
      </div>
      {reset.data?.code && <Code login={account.login} code={reset.data.code} />}
      {error && <ProblemView error={error} />}
    </li>
  )
}

function Code(props: { login: string; code: string }) {
  const t = useWords()
  return (
    <p role="status">
      {t('people.code_once', { login: props.login })} <code>{props.code}</code>
    </p>
  )
}

const blank = { login: '', name: '', role: null as string | null, area_code: null as string | null }

function Invite(props: { role_levels: Record<string, string[]> }) {
  const t = useWords()
  const session = useSession()
  const queries = useQueryClient()
  const draft = useDraft('people.invite', 'new', blank)
  const { login, name, role } = draft.value
  const area_code = draft.value.area_code ?? session.area_code ?? ''
  const invite = useMutation({
    // The login goes along: the code is shown beside whom it was made for, whatever is typed next.
    mutationFn: (made: { login: string }) =>
      call(
        api.api.accounts.$post({
          json: { login: made.login, name: { en: name, zh: name }, roles: [{ role: role as 'auditor', area_code }] },
        }),
      ),
    onSuccess: () => {
      draft.change({ login: '', name: '' })
      return queries.invalidateQueries({ queryKey: ['accounts'] })
    },
  })
  return (
    <form
      className="s-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (role !== null) invite.mutate({ login })
      }}
    >
      <TextInput
        label={t('people.name')}
        value={name}
        onChange={(event) => draft.change({ name: event.currentTarget.value })}
        required
      />
      <TextInput
        label={t('people.login')}
        description={t('people.login_help')}
        value={login}
        onChange={(event) => draft.change({ login: event.currentTarget.value.toLowerCase() })}
        required
      />
      <Select
        label={t('people.role')}
        data={Object.keys(props.role_levels).map((value) => ({ value, label: t(`role.${value}`) }))}
        value={role}
        onChange={(value) => draft.change({ role: value })}
        required
      />
      <TextInput
        label={t('people.area')}
        description={t('people.area_help')}
        value={area_code}
        onChange={(event) => draft.change({ area_code: event.currentTarget.value.trim() })}
        required
      />
      {invite.error && <ProblemView error={invite.error} />}
      {invite.isSuccess && invite.data.code && <Code login={invite.variables.login} code={invite.data.code} />}
      <Button type="submit" mih={44} loading={invite.isPending}>
        {t('people.invite')}
      </Button>
    </form>
  )
}
