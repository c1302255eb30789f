import { ProblemView } from '#ui/state/problem.tsx'
import {
  useAlerts,
  useAppraisal,
  useAssessment,
  useDeliveries,
  useDiagnosis,
  useExits,
  usePlan,
  useRegister,
  useTimeline,
} from './household.ts'

/** A file with a part missing looks whole: what could not be read says so on top. */
export function PartsMissing(props: { household_id: string; as_on?: string | undefined }) {
  const { household_id, as_on } = props
  const parts = [
    useTimeline(household_id, as_on),
    useAssessment(household_id, as_on),
    useRegister(household_id, as_on),
    useDiagnosis(household_id, as_on),
    useAppraisal(household_id),
    usePlan(household_id),
    useDeliveries(household_id),
    useAlerts(household_id),
    useExits(household_id),
  ]
  return parts.map(
    (part, index) => part.error && <ProblemView key={index} error={part.error} onRetry={() => void part.refetch()} />,
  )
}
