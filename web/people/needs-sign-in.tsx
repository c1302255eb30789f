import type { ReactNode } from 'react'
import { SignIn } from './sign-in-page.tsx'
import { useSession } from './session.tsx'

/** The screen for who is signed in; for anyone else the sign-in page in its place, and the address stays. */
export function NeedsSignIn(props: { children: ReactNode }) {
  return useSession().account_id === null ? <SignIn /> : props.children
}
