import { createBrowserRouter } from 'react-router';
import { PublicLayout } from '#app/routes/public/public-layout.tsx';
import { Crash, NotFound } from '#app/shell/crash.tsx';
import { Entry, Guard } from '#app/shell/guard.tsx';
import { Root } from '#app/shell/root.tsx';

/** Every screen is a bundle of its own, loaded when it is opened. */
export const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <Crash />,
    HydrateFallback: () => null,
    children: [
      { path: '/', element: <Entry /> },
      {
        element: <PublicLayout />,
        errorElement: <Crash />,
        children: [
          { path: '/login', lazy: async () => ({ Component: (await import('#app/routes/public/login/login.tsx')).Login }) },
          { path: '/setup', lazy: async () => ({ Component: (await import('#app/routes/public/setup/setup.tsx')).Setup }) },
          { path: '/signup', lazy: async () => ({ Component: (await import('#app/routes/public/signup/signup.tsx')).Signup }) },
          { path: '/signup/confirm', lazy: async () => ({ Component: (await import('#app/routes/public/confirm/confirm.tsx')).Confirm }) },
          { path: '/forgot', lazy: async () => ({ Component: (await import('#app/routes/public/forgot/forgot.tsx')).Forgot }) },
          { path: '/reset', lazy: async () => ({ Component: (await import('#app/routes/public/reset/reset.tsx')).Reset }) },
        ],
      },
      { path: '/admin', element: <Guard for="admin" />, errorElement: <Crash />, children: [{ path: '*', element: <NotFound /> }] },
      { path: '/my', element: <Guard for="subscriber" />, errorElement: <Crash />, children: [{ path: '*', element: <NotFound /> }] },
      { path: '*', element: <NotFound /> },
    ],
  },
]);
