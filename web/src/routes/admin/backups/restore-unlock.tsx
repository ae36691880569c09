import { type FormEvent, useState } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { PasswordInput } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** The passphrase of the file that is here. A wrong one is corrected, not typed anew. */
export function RestoreUnlock(props: { fault: string | null; onOpen: (passphrase: string) => Promise<void>; onForget: () => void }) {
  const { t } = useTexts();
  const [passphrase, setPassphrase] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await props.onOpen(passphrase);
    setBusy(false);
  };
  return (
    <form className="grid max-w-md gap-4" onSubmit={(event) => void submit(event)}>
      <Field label={t('bk.restorePassphrase')} hint={t('bk.restorePassphraseHint')} error={props.fault ?? undefined} required>
        {(control) => (
          <PasswordInput {...control} autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" type="submit" busy={busy} disabled={passphrase === ''}>
          {t('bk.open')}
        </Button>
        <Button look="quiet" onClick={props.onForget}>
          {t('bk.otherFile')}
        </Button>
      </div>
    </form>
  );
}
