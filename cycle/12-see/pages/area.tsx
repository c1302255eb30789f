import { useParam } from '#web/client.ts'
import { Overview } from './overview.tsx'

/** The overview of one area by its own address. */
export default function AreaPage() {
  return <Overview code={useParam('area_code')} />
}
