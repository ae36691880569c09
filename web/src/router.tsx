import { createBrowserRouter, type RouteObject } from 'react-router';
import { PublicLayout } from '#app/routes/public/public-layout.tsx';
import { Crash, NotFound } from '#app/shell/crash.tsx';
import { Entry, Guard } from '#app/shell/guard.tsx';
import { Root } from '#app/shell/root.tsx';

/** Every screen is a bundle of its own, loaded when it is opened. */
const publicRoutes: RouteObject[] = [
  { path: '/login', lazy: async () => ({ Component: (await import('#app/routes/public/login/login.tsx')).Login }) },
  { path: '/setup', lazy: async () => ({ Component: (await import('#app/routes/public/setup/setup.tsx')).Setup }) },
  { path: '/signup', lazy: async () => ({ Component: (await import('#app/routes/public/signup/signup.tsx')).Signup }) },
  { path: '/signup/confirm', lazy: async () => ({ Component: (await import('#app/routes/public/confirm/confirm.tsx')).Confirm }) },
  { path: '/forgot', lazy: async () => ({ Component: (await import('#app/routes/public/forgot/forgot.tsx')).Forgot }) },
  {
    path: '/confirm-email',
    lazy: async () => ({ Component: (await import('#app/routes/public/confirm-email/confirm-email.tsx')).ConfirmEmail }),
  },
  {
    path: '/network/confirm',
    lazy: async () => ({ Component: (await import('#app/routes/public/network-confirm/network-confirm.tsx')).NetworkConfirm }),
  },
  { path: '/reset', lazy: async () => ({ Component: (await import('#app/routes/public/reset/reset.tsx')).Reset }) },
];

const adminRoutes: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import('#app/routes/admin/home/home.tsx')).Home }) },
  { path: 'setup', lazy: async () => ({ Component: (await import('#app/routes/admin/setup/wizard.tsx')).SetupWizard }) },
  { path: 'subscribers', lazy: async () => ({ Component: (await import('#app/routes/admin/subscribers/subscribers.tsx')).Subscribers }) },
  {
    path: 'subscribers/new',
    lazy: async () => ({ Component: (await import('#app/routes/admin/subscribers/subscriber-new.tsx')).SubscriberNew }),
  },
  {
    path: 'subscribers/import',
    lazy: async () => ({ Component: (await import('#app/routes/admin/subscribers/subscriber-import.tsx')).SubscriberImport }),
  },
  {
    path: 'subscribers/:id',
    lazy: async () => ({ Component: (await import('#app/routes/admin/subscriber/subscriber.tsx')).SubscriberPage }),
  },
  { path: 'signups', lazy: async () => ({ Component: (await import('#app/routes/admin/signups/signups.tsx')).Signups }) },
  {
    path: 'active-calls',
    lazy: async () => ({ Component: (await import('#app/routes/admin/active-calls/active-calls.tsx')).ActiveCalls }),
  },
  { path: 'calls', lazy: async () => ({ Component: (await import('#app/routes/admin/calls/calls.tsx')).Calls }) },
  { path: 'route-test', lazy: async () => ({ Component: (await import('#app/routes/admin/route-test/route-test.tsx')).RouteTest }) },
  { path: 'rates', lazy: async () => ({ Component: (await import('#app/routes/admin/rates/rates.tsx')).Rates }) },
  { path: 'rates/:id', lazy: async () => ({ Component: (await import('#app/routes/admin/rates/rates.tsx')).Rates }) },
  {
    path: 'rates/:id/import',
    lazy: async () => ({ Component: (await import('#app/routes/admin/rate-import/rate-import.tsx')).RateImport }),
  },
  { path: 'gateways', lazy: async () => ({ Component: (await import('#app/routes/admin/gateways/gateways.tsx')).Gateways }) },
  {
    path: 'feature-codes',
    lazy: async () => ({ Component: (await import('#app/routes/admin/feature-codes/feature-codes.tsx')).FeatureCodes }),
  },
  { path: 'prompts', lazy: async () => ({ Component: (await import('#app/routes/admin/prompts/prompts.tsx')).Prompts }) },
  {
    path: 'conference',
    lazy: async () => ({ Component: (await import('#app/routes/admin/conference/conference.tsx')).Conference }),
  },
  { path: 'numbers', lazy: async () => ({ Component: (await import('#app/routes/admin/numbers/numbers.tsx')).Numbers }) },
  {
    path: 'registrations',
    lazy: async () => ({ Component: (await import('#app/routes/admin/registrations/registrations.tsx')).Registrations }),
  },
  { path: 'domains', lazy: async () => ({ Component: (await import('#app/routes/admin/domains/domains.tsx')).Domains }) },
  { path: 'monitor', lazy: async () => ({ Component: (await import('#app/routes/admin/monitor/monitor.tsx')).Monitor }) },
  { path: 'system', lazy: async () => ({ Component: (await import('#app/routes/admin/system/system.tsx')).System }) },
  { path: 'network', lazy: async () => ({ Component: (await import('#app/routes/admin/network/network.tsx')).Network }) },
  { path: 'firewall', lazy: async () => ({ Component: (await import('#app/routes/admin/firewall/firewall.tsx')).FirewallPage }) },
  { path: 'logs', lazy: async () => ({ Component: (await import('#app/routes/admin/logs/logs.tsx')).Logs }) },
  { path: 'settings', lazy: async () => ({ Component: (await import('#app/routes/admin/settings/settings.tsx')).SettingsPage }) },
  { path: 'backups', lazy: async () => ({ Component: (await import('#app/routes/admin/backups/backups.tsx')).Backups }) },
  { path: 'jobs', lazy: async () => ({ Component: (await import('#app/routes/admin/jobs/jobs.tsx')).Jobs }) },
  { path: 'outbox', lazy: async () => ({ Component: (await import('#app/routes/admin/outbox/outbox.tsx')).Outbox }) },
  { path: 'admins', lazy: async () => ({ Component: (await import('#app/routes/admin/admins/admins.tsx')).Admins }) },
  {
    path: 'certificates',
    lazy: async () => ({ Component: (await import('#app/routes/admin/certificates/certificates.tsx')).Certificates }),
  },
  { path: 'bans', lazy: async () => ({ Component: (await import('#app/routes/admin/bans/bans.tsx')).Bans }) },
  { path: 'audit', lazy: async () => ({ Component: (await import('#app/routes/admin/audit/audit.tsx')).Audit }) },
  { path: '*', element: <NotFound /> },
];

const portalRoutes: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import('#app/routes/portal/home/home.tsx')).PortalHome }) },
  { path: 'calls', lazy: async () => ({ Component: (await import('#app/routes/portal/calls/calls.tsx')).MyCalls }) },
  {
    path: 'voicemail',
    lazy: async () => ({ Component: (await import('#app/routes/portal/voicemail/voicemail.tsx')).VoicemailPage }),
  },
  { path: 'rates', lazy: async () => ({ Component: (await import('#app/routes/portal/rates/rates.tsx')).MyRates }) },
  { path: 'devices', lazy: async () => ({ Component: (await import('#app/routes/portal/devices/devices.tsx')).MyDevices }) },
  { path: 'ledger', lazy: async () => ({ Component: (await import('#app/routes/portal/ledger/ledger.tsx')).MyLedger }) },
  { path: 'profile', lazy: async () => ({ Component: (await import('#app/routes/portal/profile/profile.tsx')).Profile }) },
  { path: 'password', lazy: async () => ({ Component: (await import('#app/routes/portal/password/password.tsx')).Password }) },
  { path: '*', element: <NotFound /> },
];

export const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <Crash />,
    HydrateFallback: () => null,
    children: [
      { path: '/', element: <Entry /> },
      { element: <PublicLayout />, errorElement: <Crash />, children: publicRoutes },
      {
        path: '/admin',
        element: <Guard for="admin" />,
        errorElement: <Crash />,
        children: [{ errorElement: <Crash />, children: adminRoutes }],
      },
      {
        path: '/my',
        element: <Guard for="subscriber" />,
        errorElement: <Crash />,
        children: [{ errorElement: <Crash />, children: portalRoutes }],
      },
      { path: '*', element: <NotFound /> },
    ],
  },
]);
