import { useRouter } from '@tanstack/react-router'
import { ProblemView } from '#ui/state/problem.tsx'

/** What stands where a screen failed; the frame around it stays. */
export function BrokenPage(props: { error: unknown; reset?: () => void }) {
  const router = useRouter()
  const again = () => {
    props.reset?.()
    void router.invalidate()
  }
  return <ProblemView error={props.error} onRetry={again} />
}
