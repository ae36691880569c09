import { Outlet, ScrollRestoration } from 'react-router';
import { ConfirmProvider } from '#app/components/ui/confirm.tsx';
import { Toaster } from '#app/components/ui/toast.tsx';
import { TooltipProvider } from '#app/components/ui/tooltip.tsx';
import { SessionGate } from '#app/session/session-gate.tsx';
import { AlarmBanner } from '#app/shell/alarm-banner.tsx';
import { DemoBanner } from '#app/shell/demo-banner.tsx';

export const Root = () => (
  <TooltipProvider>
    <ConfirmProvider>
      <SessionGate>
        <DemoBanner />
        <AlarmBanner />
        <Outlet />
      </SessionGate>
      <Toaster />
      <ScrollRestoration getKey={(location) => location.pathname + location.search} />
    </ConfirmProvider>
  </TooltipProvider>
);
