import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { ReactNode } from 'react'
import { dropDrafts } from '#ui/decide/draft.ts'
import { api, call } from '../api.ts'
import { flushHeld } from '../held/send.ts'
import { whoOf } from './who.ts'
import type { Answer } from '../api.ts'

export const readSession = () => call(api.api.session.$get())

export type Session = Awaited<ReturnType<typeof readSession>>
export type DemoPerson = Answer<Awaited<ReturnType<(typeof api.api.demo.people)['$get']>>>['people'][number]

const SessionContext = createContext<Session | null>(null)

/** Asks who is signed in, and gives it to everything below; `children` gets the session, or the error. */
export function SessionProvider(props: {
  children: ReactNode
  waiting: ReactNode
  failed: (error: unknown) => ReactNode
}) {
  const session = useQuery({ queryKey: ['session'], queryFn: readSession, staleTime: 60_000 })
  if (session.error) return props.failed(session.error)
  if (!session.data) return props.waiting
  return <SessionContext value={session.data}>{props.children}</SessionContext>
}

/** Who is signed in, in which role, where, and what the role may do. `account_id` is null for the public. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession stands outside the signed-in part of the page')
  return session
}

/** The session where there is one; null on pages that stand without a server. */
export function useSessionOrNull(): Session | null {
  return useContext(SessionContext)
}

/** The server's day, `YYYY-MM-DD`, or '' until it has said so; a demonstration's clock stands in its own year. */
export function useServerDay(): string {
  const session = useQuery({ queryKey: ['session'], queryFn: readSession, enabled: false })
  return session.data?.today ?? ''
}

/** Whose drafts the forms keep (who.ts); empty until it is known who is signed in. */
export function useWho(): string {
  const session = useQuery({ queryKey: ['session'], queryFn: readSession, enabled: false })
  return session.data ? whoOf(session.data) : ''
}

/** May the reader's role take this action (door/permit/roles.ts)? For hiding what would be refused; the door decides. */
export function useMay(action: string): boolean {
  return useSession().actions.includes(action)
}

/**
 * Sign in, change role, sign out. Each first sends what the person before still holds back, as that person, and then
 * forgets everything loaded for him. Signing out also removes his drafts: others may use the device.
 */
export function useSignIn() {
  const queries = useQueryClient()
  const before = queries.getQueryData<Session>(['session'])
  const settled = {
    onMutate: () => (before ? flushHeld(whoOf(before)) : undefined),
    onSuccess: () => queries.resetQueries(),
  }
  return {
    password: useMutation({
      mutationFn: (json: { login: string; password: string }) => call(api.api.session.$post({ json })),
      ...settled,
    }),
    demo: useMutation({
      mutationFn: (json: { login: string; role?: string; area_code?: string }) =>
        call(api.api.demo.session.$post({ json })),
      ...settled,
    }),
    role: useMutation({
      mutationFn: (json: { role: string; area_code: string }) => call(api.api.session.$put({ json })),
      ...settled,
    }),
    out: useMutation({
      mutationFn: () => call(api.api.session.$delete()),
      ...settled,
      onSuccess: () => {
        if (before) dropDrafts(whoOf(before))
        return queries.resetQueries()
      },
    }),
  }
}
