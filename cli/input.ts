import { problem } from '#door/problems.ts'

/** Work on files somebody gives: what cannot be used of them (a RangeError says what) is bad input, not a fault of ours. */
export async function onInput<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof RangeError) throw problem('request_invalid', { detail: error.message })
    throw error
  }
}
