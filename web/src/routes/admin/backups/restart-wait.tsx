import { useEffect, useState } from 'react';
import { Notice } from '#app/components/ui/notice.tsx';
import { ProgressBar } from '#app/components/ui/progress.tsx';
import { useTexts } from '#app/i18n/index.ts';

const FIRST_MS = 4000;
const LOOK_EVERY_MS = 2000;
const SLOW_MS = 180_000;

/** Waits until the server that was told to restart answers again; whoever is logged in has to log in anew. */
export function RestartWait() {
  const { t } = useTexts();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const began = performance.now();
    let timer = setTimeout(look, FIRST_MS);
    async function look() {
      const back = await fetch('/api/v1/public/info').then(
        (response) => response.ok,
        () => false,
      );
      if (back) return location.assign('/login');
      setSlow(performance.now() - began > SLOW_MS);
      timer = setTimeout(look, LOOK_EVERY_MS);
    }
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="grid gap-3">
      <Notice tone={slow ? 'warn' : 'info'}>{t(slow ? 'bk.slow' : 'bk.restarting')}</Notice>
      <ProgressBar label={t('bk.restarting')} />
    </div>
  );
}
