import { useQueryClient } from '@tanstack/react-query';
import { Check, ExternalLink, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Button, buttonStyle } from '#app/components/ui/button.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { ProgressBar } from '#app/components/ui/progress.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useNow } from '#app/lib/use-now.ts';
import { confirmLink, isAtNewAddress, secondsLeft } from '#app/routes/admin/network/countdown.ts';
import type { NetworkView } from '#app/routes/admin/network/interface-form.ts';
import { networkQuery } from '#app/routes/admin/network/use-network.ts';

/** How long a change waits, in seconds. */
const wholeSeconds = 120;
/** A screen reader is told twice a minute, not twice a second. */
const spokenStep = 30;

type Pending = NonNullable<NetworkView['pending']>;

/** A change on trial: how long it still has, the way to the new address, and the way back. */
export function PendingChange({ pending, deadline, answers }: { pending: Pending; deadline: number; answers: boolean }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const left = secondsLeft(deadline, useNow(500));
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState<'keep' | 'back' | null>(null);
  const here = isAtNewAddress(pending.addresses, location.hostname);

  const keep = async () => {
    setBusy('keep');
    setRefused(null);
    const { data, error } = await http.POST('/api/v1/host/network/confirm', { body: { token: pending.pending } });
    if (!data) setRefused(problemText(error, texts));
    await client.invalidateQueries({ queryKey: networkQuery.queryKey });
    setBusy(null);
  };
  const goBack = async () => {
    setBusy('back');
    const { data, error } = await http.POST('/api/v1/host/network/rollback', { body: { token: pending.pending } });
    if (!data) toast.error(problemText(error, texts));
    await client.invalidateQueries({ queryKey: networkQuery.queryKey });
    setBusy(null);
  };

  return (
    <Notice
      tone="warn"
      title={
        left > 0 ? (
          <>
            <span aria-hidden>{t('net.pendingTitle', { count: left })}</span>
            <span className="sr-only">{t('net.pendingTitle', { count: Math.ceil(left / spokenStep) * spokenStep })}</span>
          </>
        ) : (
          t('net.pendingOver')
        )
      }
      actions={
        <>
          {!here &&
            pending.addresses.map((address, index) => (
              <a
                key={address}
                href={confirmLink(address, pending.pending, location)}
                target="_blank"
                rel="noreferrer"
                className={buttonStyle({ look: index === 0 ? 'primary' : 'plain' })}
              >
                <ExternalLink aria-hidden />
                {t('net.openAt', { address })}
              </a>
            ))}
          <Button look={here ? 'primary' : 'plain'} icon={Check} busy={busy === 'keep'} onClick={() => void keep()}>
            {t('net.keep')}
          </Button>
          <Button look="quiet" icon={Undo2} busy={busy === 'back'} onClick={() => void goBack()}>
            {t('net.goBack')}
          </Button>
        </>
      }
    >
      <p className="mb-2">{t(here ? 'net.pendingHere' : 'net.pendingThere')}</p>
      {!answers && <p className="mb-2 font-medium">{t('net.pendingSilent')}</p>}
      {refused && (
        <p role="alert" className="mb-2 text-bad">
          {refused}
        </p>
      )}
      <ProgressBar value={left / wholeSeconds} label={t('net.timeLeft')} />
    </Notice>
  );
}
