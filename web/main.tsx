import './no-eval.ts'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '#ui/tokens.css'
import './frame/road.css'
import './frame/shell.css'
import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, Suspense, lazy } from 'react'
import { createRoot } from 'react-dom/client'
import { ProblemError } from './api.ts'
import { router } from './app.tsx'
import { readHealth } from './health.ts'
import { startWords } from './i18n.ts'
import { readPack } from './pack.ts'
import { readSession } from './people/session.tsx'
import { theme, themeVariables } from './theme.ts'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A problem the server explained will be the same the second time; a lost connection may not be.
      retry: (count, error) =>
        count < 2 && !(error instanceof ProblemError && error.status >= 400 && error.status < 500),
    },
  },
})

// Nothing is told before the reader has done something: its code comes after the page itself.
const Notifications = lazy(async () => {
  await new Promise((resolve) => setTimeout(resolve, 2000))
  return { default: (await import('@mantine/notifications')).Notifications }
})

const asked = new URLSearchParams(location.search).get('theme')
const scheme = asked === 'light' || asked === 'dark' ? asked : undefined

// Asked for at once, each of them, instead of one after the other: a round trip is a third of a second in the field.
void queries.prefetchQuery({ queryKey: ['health'], queryFn: readHealth })
void queries.prefetchQuery({ queryKey: ['session'], queryFn: readSession, retry: false })
void queries.prefetchQuery({ queryKey: ['pack'], queryFn: readPack, retry: false })

await startWords()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={themeVariables}
      defaultColorScheme="auto"
      forceColorScheme={scheme}
      colorSchemeManager={localStorageColorSchemeManager({ key: 'doorstep.theme' })}
    >
      <QueryClientProvider client={queries}>
        <Suspense>
          <Notifications position="bottom-right" />
        </Suspense>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
