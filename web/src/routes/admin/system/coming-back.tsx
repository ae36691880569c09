import { useEffect, useState } from 'react';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { ProgressBar } from '#app/components/ui/progress.tsx';
import { useTexts } from '#app/i18n/index.ts';
import type { Going } from '#app/routes/admin/system/use-power.ts';

const everyMs = 2000;
/** A restart that was never seen to interrupt anything was too quick to be seen. */
const graceMs = 20_000;

async function answers(): Promise<boolean> {
  try {
    const answer = await fetch('/api/v1/public/info', { cache: 'no-store', signal: AbortSignal.timeout(everyMs) });
    // While Dialtone is away the status page of the appliance may answer in its place.
    return answer.ok && (answer.headers.get('content-type') ?? '').includes('json');
  } catch {
    return false;
  }
}

/** The machine was sent away. Waits until it answers again and then shows its pages afresh; where nothing will answer, says what to do. */
export function ComingBack({ going, onClose }: { going: Going; onClose: () => void }) {
  const { t } = useTexts();
  const returns = going === 'reboot' || going === 'service';
  const [gone, setGone] = useState(false);

  useEffect(() => {
    if (!returns) return;
    const started = Date.now();
    let away = false;
    const timer = setInterval(() => {
      void answers().then((there) => {
        if (!there) {
          away = true;
          setGone(true);
        } else if (away || Date.now() - started > graceMs) location.reload();
      });
    }, everyMs);
    return () => clearInterval(timer);
  }, [returns]);

  return (
    <Dialog open sticky onClose={onClose} title={t(`going.${going}.title`)}>
      <p role="status">{t(`going.${going}.text`)}</p>
      {returns ? (
        <div className="mt-4 grid gap-2">
          <ProgressBar label={t('going.waiting')} />
          <p className="text-xs text-muted">{t(gone ? 'going.gone' : 'going.waiting')}</p>
        </div>
      ) : (
        <ButtonLink className="mt-4" reloadDocument to="/">
          {t('ui.retry')}
        </ButtonLink>
      )}
    </Dialog>
  );
}
