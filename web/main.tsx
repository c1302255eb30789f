import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '#ui/tokens.css'
import './road.css'
import './shell.css'
import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ProblemError } from './api.ts'
import { router } from './app.tsx'
import { startWords } from './i18n.ts'
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

const asked = new URLSearchParams(location.search).get('theme')
const scheme = asked === 'light' || asked === 'dark' ? asked : undefined

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
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
