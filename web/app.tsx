import { Outlet, createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Frame } from './frame/frame.tsx'
import { HomePage, LostPage } from './home-page.tsx'
import { BrokenPage } from './broken-page.tsx'
import { Reader } from './frame/reader.tsx'
import { roomRoutes } from './rooms.ts'
import type { RouteComponent } from '@tanstack/react-router'
import type { RoomRoute } from './contract.ts'
import { NeedsSignIn } from './people/needs-sign-in.tsx'
import { Startup } from './startup.tsx'
import { readSearch, writeSearch } from './view/view.ts'

const root = createRootRoute({
  component: () => (
    <Reader>
      <Outlet />
    </Reader>
  ),
  notFoundComponent: LostPage,
})

// Everything that speaks to the server waits for it to be ready, then for who is signed in.
const served = createRoute({ getParentRoute: () => root, id: 'served', component: Startup })
const framed = createRoute({ getParentRoute: () => served, id: 'framed', component: Frame })

const rooms = roomRoutes.map((route) =>
  createRoute({
    getParentRoute: () => framed,
    path: route.path,
    component: guarded(route),
    errorComponent: BrokenPage,
  }),
)

function guarded(route: RoomRoute): RouteComponent {
  const Screen = route.component as RouteComponent
  if (route.open) return Screen
  return function Guarded() {
    return (
      <NeedsSignIn>
        <Screen />
      </NeedsSignIn>
    )
  }
}

const parts = createRoute({
  getParentRoute: () => root,
  path: '/parts',
  component: lazyRouteComponent(() => import('./parts-page.tsx'), 'PartsPage'),
})
const own = (path: string, name: 'AccountPage' | 'SetPasswordPage', open = false) => {
  const Screen = lazyRouteComponent(() => import('./people/account-page.tsx'), name)
  return createRoute({
    getParentRoute: () => framed,
    path,
    component: open
      ? Screen
      : () => (
          <NeedsSignIn>
            <Screen />
          </NeedsSignIn>
        ),
    errorComponent: BrokenPage,
  })
}
const People = lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage')
const people = createRoute({
  getParentRoute: () => framed,
  path: '/people',
  component: () => (
    <NeedsSignIn>
      <People />
    </NeedsSignIn>
  ),
  errorComponent: BrokenPage,
})
const home = createRoute({ getParentRoute: () => framed, path: '/', component: HomePage })
const signIn = createRoute({
  getParentRoute: () => served,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./people/sign-in-page.tsx'), 'SignInPage'),
})

/** The shell's own addresses and every room's; addresses hold plain text (view.ts), so that codes stay codes. */
export const router = createRouter({
  routeTree: root.addChildren([
    parts,
    served.addChildren([
      signIn,
      framed.addChildren([
        home,
        people,
        own('/account', 'AccountPage'),
        own('/set-password', 'SetPasswordPage', true),
        ...rooms,
      ]),
    ]),
  ]),
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  scrollRestoration: true,
  defaultErrorComponent: BrokenPage,
})
