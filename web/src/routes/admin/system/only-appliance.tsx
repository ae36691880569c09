import type { ReactNode } from 'react';
import { problemText } from '#app/api/problem.ts';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useHost } from '#app/routes/admin/system/use-host.ts';

/** What only the appliance can do; elsewhere one sentence says who does it. */
export function OnlyAppliance({ elsewhere, children }: { elsewhere: ReactNode; children: ReactNode }) {
  const texts = useTexts();
  const host = useHost();
  if (host.data) return host.data.appliance ? children : <Notice>{elsewhere}</Notice>;
  if (host.error) return <LoadFailed message={problemText(host.error, texts)} onRetry={() => void host.refetch()} />;
  return <LoadingBlock lines={6} />;
}
