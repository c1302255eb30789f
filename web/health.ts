export type Health = { state?: string; message?: string; done?: number; total?: number }

/** 200 is ready, 503 is on the way and says how far; anything else is an error. */
export async function readHealth(): Promise<Health & { ready: boolean }> {
  const response = await fetch('/api/health')
  if (response.ok) return { ready: true }
  const body = (await response.json().catch(() => ({}))) as Health
  if (response.status !== 503) throw new Error(`HTTP ${response.status}`)
  return { ...body, ready: false }
}
