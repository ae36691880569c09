import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Button } from '#app/components/ui/button.tsx';
import { KeyValues } from '#app/components/ui/card.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useNow } from '#app/lib/use-now.ts';

/** The clock of the machine beside the one of this computer: an administrator says which is right. */
export function ClockDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const { t, locale } = texts;
  const client = useQueryClient();
  const query = api.useQuery('get', '/api/v1/clock', {}, { refetchInterval: 5000 });
  const now = useNow(1000);
  const [busy, setBusy] = useState<'confirm' | 'set' | null>(null);
  const [refused, setRefused] = useState<string | null>(null);

  const act = async (what: 'confirm' | 'set') => {
    setBusy(what);
    setRefused(null);
    const { data, error } =
      what === 'confirm'
        ? await http.POST('/api/v1/clock/confirm')
        : await http.POST('/api/v1/clock/set', { body: { now: new Date().toISOString() } });
    await Promise.all(['/api/v1/alarms', '/api/v1/clock'].map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
    setBusy(null);
    if (!data) setRefused(problemText(error, texts));
    else {
      toast.success(t('clock.done'));
      onClose();
    }
  };

  const status = query.data;
  // Between two answers it goes on by this computer's clock, as far as that runs evenly.
  const machine = status ? Date.parse(status.now) + (now - query.dataUpdatedAt) : null;
  const whole = (at: number) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(at);
  const impossible = status?.why === 'before-build';
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('clock.title')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          {status?.settable && (
            <Button look={impossible ? 'primary' : 'plain'} busy={busy === 'set'} onClick={() => void act('set')}>
              {t('clock.take')}
            </Button>
          )}
          {!impossible && (
            <Button look="primary" busy={busy === 'confirm'} disabled={!status} onClick={() => void act('confirm')}>
              {t('clock.right')}
            </Button>
          )}
        </>
      }
    >
      <div className="grid gap-4">
        {refused && <Notice tone="bad">{refused}</Notice>}
        <p>{t(impossible ? 'clock.beforeBuild' : 'clock.stepped')}</p>
        {machine === null ? (
          query.error ? (
            <Notice tone="bad">{problemText(query.error, texts)}</Notice>
          ) : (
            <LoadingBlock />
          )
        ) : (
          <KeyValues
            rows={[
              [t('clock.machine'), <span key="m">{whole(machine)}</span>],
              [t('clock.here'), <span key="h">{whole(now)}</span>],
            ]}
          />
        )}
        {impossible && !status?.settable && <Notice>{t('clock.byHand')}</Notice>}
      </div>
    </Dialog>
  );
}
