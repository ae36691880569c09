import { type FormEvent, useState } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import { KeyValues } from '#app/components/ui/card.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatCount } from '#app/lib/format.ts';
import type { Restore } from '#app/routes/admin/backups/restore-call.ts';

const WORD = 'RESTORE';

interface RestoreDecideProps {
  preview: NonNullable<Restore['preview']>;
  onApply: (network: boolean) => Promise<void>;
  onForget: () => void;
}

/** What is in the backup, what becomes of the data of now, and the word that sets it going. */
export function RestoreDecide({ preview, onApply, onForget }: RestoreDecideProps) {
  const { t, locale } = useTexts();
  const [word, setWord] = useState('');
  const [network, setNetwork] = useState(false);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await onApply(network);
    setBusy(false);
  };
  return (
    <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <h3 className="font-semibold">{t('bk.inIt')}</h3>
      <KeyValues
        rows={[
          [t('bk.inMade'), <When key="made" at={preview.createdAt} />],
          [t('bk.inHost'), preview.hostname],
          [t('bk.inVersion'), preview.version],
          [t('bk.inSubscribers'), formatCount(preview.subscribers, locale)],
          [t('bk.inCalls'), formatCount(preview.calls, locale)],
          [t('bk.inBalance'), `${preview.balance} ${preview.currency}`],
        ]}
      />
      <Notice tone="warn">{t('bk.warn')}</Notice>
      {preview.hasHostSettings && <Checkbox checked={network} onChange={setNetwork} label={t('bk.network')} hint={t('bk.networkHint')} />}
      <Field label={t('bk.confirm')} className="max-w-xs" required>
        {(control) => (
          <Input {...control} value={word} autoComplete="off" spellCheck={false} onChange={(event) => setWord(event.target.value)} />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button look="danger" type="submit" busy={busy} disabled={word !== WORD}>
          {t('bk.apply')}
        </Button>
        <Button look="quiet" onClick={onForget}>
          {t('bk.otherFile')}
        </Button>
      </div>
    </form>
  );
}
