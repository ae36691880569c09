import { useState } from 'react';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useSession } from '#app/session/session.ts';

/** Sends one mail now and tells what the mail server said. */
export function TestMail({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const [to, setTo] = useState(useSession()?.email ?? '');
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<{ tone: 'ok' | 'bad'; text: string } | null>(null);
  const submit = async () => {
    setBusy(true);
    setResult(null);
    const { error, response } = await http.POST('/api/v1/settings/test-mail', { body: { to } });
    setBusy(false);
    setResult(response.ok ? { tone: 'ok', text: t('settings.testMailSent', { to }) } : { tone: 'bad', text: problemText(error, texts) });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('settings.testMail')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.close')}</Button>
          <Button look="primary" busy={busy} disabled={to.trim() === ''} onClick={() => void submit()}>
            {t('settings.testMailSend')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {result && <Notice tone={result.tone}>{result.text}</Notice>}
        <Field label={t('subscriber.email')} hint={t('settings.testMailHint')}>
          {(control) => <Input {...control} type="email" value={to} onChange={(event) => setTo(event.target.value)} />}
        </Field>
      </div>
    </Dialog>
  );
}
