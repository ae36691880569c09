import { useEffect, useMemo, useRef, useState } from 'react';
import { problemText } from '#app/api/problem.ts';
import { Button } from '#app/components/ui/button.tsx';
import { FileDrop } from '#app/components/ui/file-drop.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { ProgressBar } from '#app/components/ui/progress.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { RestartWait } from '#app/routes/admin/backups/restart-wait.tsx';
import { type Restore, RestoreCalls } from '#app/routes/admin/backups/restore-call.ts';
import { RestoreChoose } from '#app/routes/admin/backups/restore-choose.tsx';
import { RestoreDecide } from '#app/routes/admin/backups/restore-decide.tsx';
import { RestoreUnlock } from '#app/routes/admin/backups/restore-unlock.tsx';

const LOOK_EVERY_MS = 700;
const working = (state: Restore['state']) => state === 'receiving' || state === 'opening';

/**
 * From a file to the restart: choose, passphrase (again and again, without another upload), look what is in it, type the word.
 * @param setupCode on a new machine: the code of its console, in the place of a session
 */
export function RestorePanel({ setupCode }: { setupCode?: string | undefined }) {
  const texts = useTexts();
  const { t } = texts;
  const calls = useMemo(() => new RestoreCalls(setupCode), [setupCode]);
  const [restore, setRestore] = useState<Restore | null>(null);
  const [uploaded, setUploaded] = useState<number | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);

  useEffect(() => {
    if (!restore || !working(restore.state)) return;
    const timer = setTimeout(() => {
      calls.call<Restore>('GET', `/${restore.id}`).then(setRestore, (error: unknown) => {
        setRestore(null);
        setFailed(problemText(error, texts));
      });
    }, LOOK_EVERY_MS);
    return () => clearTimeout(timer);
  }, [restore, calls, texts]);
  useEffect(() => () => stop.current?.abort(), []);

  const upload = async (file: File) => {
    stop.current = new AbortController();
    setFailed(null);
    setUploaded(0);
    try {
      setRestore(await calls.upload(file, setUploaded, stop.current.signal));
    } catch (error) {
      if (!stop.current.signal.aborted) setFailed(problemText(error, texts));
    } finally {
      setUploaded(null);
    }
  };
  const attempt = async (work: () => Promise<void>) => {
    setFailed(null);
    try {
      await work();
    } catch (error) {
      setFailed(problemText(error, texts));
    }
  };
  const forget = () => {
    if (restore) void calls.call('DELETE', `/${restore.id}`).catch(() => undefined);
    setRestore(null);
    setFailed(null);
  };

  if (restore?.state === 'applying') return <RestartWait />;
  if (uploaded !== null)
    return (
      <div className="grid gap-3">
        <p aria-live="polite">{t('bk.uploading')}</p>
        <ProgressBar label={t('bk.uploading')} value={uploaded} />
        <Button className="justify-self-start" onClick={() => stop.current?.abort()}>
          {t('ui.cancel')}
        </Button>
      </div>
    );
  if (!restore || restore.state === 'failed')
    return (
      <div className="grid gap-5">
        {failed && <Notice tone="bad">{failed}</Notice>}
        {restore?.fault && (
          <Notice tone="bad" title={restore.name}>
            {problemText({ status: 422, code: restore.fault.code, detail: restore.fault.message }, texts)}
          </Notice>
        )}
        <FileDrop
          label={t('bk.restoreUpload')}
          hint={t('bk.restoreUploadHint')}
          accept=".age,application/octet-stream"
          onFile={(file) => void upload(file)}
        />
        <RestoreChoose calls={calls} onTaken={setRestore} />
      </div>
    );
  return (
    <div className="grid gap-4">
      <p className="font-mono text-xs break-all text-muted">{restore.name}</p>
      {failed && <Notice tone="bad">{failed}</Notice>}
      {working(restore.state) ? (
        <>
          <p aria-live="polite">{t(restore.state === 'opening' ? 'bk.opening' : 'bk.fetching')}</p>
          <ProgressBar label={t('bk.opening')} value={restore.progress ?? undefined} />
        </>
      ) : restore.state === 'ready' && restore.preview ? (
        <RestoreDecide
          preview={restore.preview}
          onApply={(network) =>
            attempt(async () => {
              await calls.call('POST', `/${restore.id}/apply`, { confirm: 'RESTORE', network });
              setRestore({ ...restore, state: 'applying' });
            })
          }
          onForget={forget}
        />
      ) : (
        <RestoreUnlock
          key={restore.id}
          fault={restore.fault && problemText({ status: 422, code: restore.fault.code, detail: restore.fault.message }, texts)}
          onOpen={(passphrase) => attempt(async () => setRestore(await calls.call<Restore>('POST', `/${restore.id}/open`, { passphrase })))}
          onForget={forget}
        />
      )}
    </div>
  );
}
