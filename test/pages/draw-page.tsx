// Draws a room's page as its reader sees it first: at an address, as somebody, with what the server has answered so far.
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { MantineProvider } from '@mantine/core'
import i18next from 'i18next'
import type { ComponentType, ReactNode } from 'react'
import { prerender } from 'react-dom/static'
import { I18nextProvider, initReactI18next } from 'react-i18next'
import { plainReader, readMarkup, type Drawn } from '#ui/testing/draw.tsx'
import { ReaderProvider, type Reader } from '#ui/words.tsx'
import { SessionProvider } from '#web/people/session.tsx'
import { readSearch, writeSearch } from '#web/view/view.ts'

export interface PageGiven {
  /** The page's path with its parts, `/exits/$household_id`. */
  path?: string
  /** Where the reader is: `/exits/h1?year=2016`. */
  at?: string
  role?: string
  area_code?: string
  /** What the role may do. */
  actions?: readonly string[]
  /** Answers of the server by the page's query keys. What is not here has not come yet. */
  answers?: readonly (readonly [key: readonly unknown[], data: unknown])[]
  /** Questions that failed, with the problem. */
  failures?: readonly (readonly [key: readonly unknown[], problem: unknown])[]
  /** The problem of every question that is neither answered nor failed with its own. */
  all_fail?: unknown
  reader?: Partial<Reader>
}

const errorOf = (problem: unknown): Error =>
  problem instanceof Error ? problem : Object.assign(new Error('A problem of the test.'), problem)

/** Whatever is asked has failed already. */
class FailingCache extends QueryCache {
  readonly #error: Error
  constructor(problem: unknown) {
    super()
    this.#error = errorOf(problem)
  }

  override add(query: Parameters<QueryCache['add']>[0]): void {
    super.add(query)
    query.setState({ status: 'error', error: this.#error })
  }
}

/** Nothing is asked of a server: an answer is there, has failed, or is awaited for ever. */
function answersOf({ answers = [], failures = [], ...given }: PageGiven): QueryClient {
  const queries = new QueryClient({
    ...(given.all_fail === undefined ? {} : { queryCache: new FailingCache(given.all_fail) }),
    defaultOptions: { queries: { staleTime: Infinity, retry: false, retryOnMount: false } },
  })
  const { role = 'county_officer', area_code = '360781', actions = [] } = given
  queries.setQueryData(['session'], { account_id: 'a1', login: 'wang', role, area_code, actions, today: '2026-03-02' })
  for (const [key, data] of answers) queries.setQueryData([...key], data)
  for (const [key, problem] of failures) {
    const error = errorOf(problem)
    queries
      .getQueryCache()
      .build(queries, { queryKey: [...key] })
      .setState({ status: 'error', error })
  }
  return queries
}

/** The page, its words by their keys (ui/testing/draw.tsx). */
export async function drawPage(Page: ComponentType, given: PageGiven = {}): Promise<Drawn> {
  const queries = answersOf(given)
  const words = i18next.createInstance()
  await words.use(initReactI18next).init({ lng: 'en', resources: {} })
  const root = createRootRoute()
  const page = createRoute({ getParentRoute: () => root, path: given.path ?? '/', component: () => <Page /> })
  const router = createRouter({
    routeTree: root.addChildren([page]),
    history: createMemoryHistory({ initialEntries: [given.at ?? given.path ?? '/'] }),
    parseSearch: readSearch,
    stringifySearch: writeSearch,
  })
  await router.load()
  const failed = (error: unknown): ReactNode => String(error)
  const { prelude } = await prerender(
    <MantineProvider>
      <I18nextProvider i18n={words}>
        <QueryClientProvider client={queries}>
          <SessionProvider waiting="no session" failed={failed}>
            <ReaderProvider reader={{ ...plainReader, ...given.reader }}>
              <RouterProvider router={router} />
            </ReaderProvider>
          </SessionProvider>
        </QueryClientProvider>
      </I18nextProvider>
    </MantineProvider>,
  )
  return readMarkup(await new Response(prelude).text())
}
