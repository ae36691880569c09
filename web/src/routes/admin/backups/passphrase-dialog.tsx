import { type FormEvent, useState } from 'react';
import { http } from '#app/api/client.ts';
import { problemOf, problemText } from '#app/api/problem.ts';
import { Button } from '#app/components/ui/button.tsx';
import { ChoiceCards } from '#app/components/ui/choice-cards.tsx';
import { CopyButton } from '#app/components/ui/copy-button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

const SHORTEST = 12;

interface RecoveryKey {
  id: string;
  key: string;
  group: number;
}

/** Own words typed twice, or a recovery key that is shown once and of which four signs are typed again. */
export function PassphraseDialog({ onClose, onSaved }: { onClose: () => void; onSaved: () => Promise<unknown> }) {
  const texts = useTexts();
  const { t } = texts;
  const [kind, setKind] = useState<'own' | 'key'>('own');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [recovery, setRecovery] = useState<RecoveryKey | null>(null);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const tooShort = passphrase.length < SHORTEST ? t('bk.tooShort') : undefined;
  const notSame = passphrase === again ? undefined : t('bk.notSame');

  const choose = async (next: 'own' | 'key') => {
    setKind(next);
    setFailed(null);
    if (next === 'own' || recovery) return;
    const { data, error } = await http.POST('/api/v1/backups/recovery-key', {});
    if (data) setRecovery(data);
    else setFailed(problemText(error, texts));
  };
  const send = async () => {
    if (kind === 'own') return http.PUT('/api/v1/backups/passphrase', { body: { passphrase } });
    return http.POST('/api/v1/backups/recovery-key/confirm', { body: { id: recovery?.id ?? '', typed } });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (kind === 'own' && (tooShort ?? notSame) !== undefined) return;
    setBusy(true);
    setFailed(null);
    const { data, error } = await send();
    setBusy(false);
    if (!data) {
      const ofTheSigns = problemOf(error).errors?.some(({ field }) => field === 'typed');
      setFailed(ofTheSigns ? t('bk.keyWrong') : problemText(error, texts));
      return;
    }
    await onSaved();
    toast.success(t('bk.passphraseSet'));
    onClose();
  };

  return (
    <Dialog
      open
      sticky
      onClose={onClose}
      title={t('bk.passphrase')}
      description={t('bk.changeHint')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="backup-passphrase" busy={busy}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="backup-passphrase" className="grid gap-4" onSubmit={(event) => void submit(event)} noValidate>
        <ChoiceCards
          legend={t('bk.kind')}
          value={kind}
          onChange={(next) => void choose(next)}
          columns="sm:grid-cols-2"
          choices={[
            { value: 'own', title: t('bk.own'), text: t('bk.ownText') },
            { value: 'key', title: t('bk.key'), text: t('bk.keyText') },
          ]}
        />
        {failed && <Notice tone="bad">{failed}</Notice>}
        {kind === 'own' ? (
          <>
            <Field label={t('bk.passphrase')} error={tried ? tooShort : undefined} required>
              {(control) => (
                <PasswordInput
                  {...control}
                  autoComplete="new-password"
                  value={passphrase}
                  onChange={(event) => setPassphrase(event.target.value)}
                />
              )}
            </Field>
            <Field label={t('bk.again')} error={tried ? notSame : undefined} required>
              {(control) => (
                <PasswordInput {...control} autoComplete="new-password" value={again} onChange={(event) => setAgain(event.target.value)} />
              )}
            </Field>
          </>
        ) : (
          recovery && (
            <>
              <Notice tone="warn">{t('bk.keyOnce')}</Notice>
              <p className="flex flex-wrap items-center gap-3 rounded-lg bg-sunken px-4 py-3 font-mono text-base break-all">
                <span className="min-w-0">{recovery.key}</span>
                <CopyButton text={recovery.key} name={t('bk.key')} />
              </p>
              <Field label={t('bk.keyAgain', { group: recovery.group })} hint={t('bk.keyAgainHint')} className="max-w-xs" required>
                {(control) => (
                  <Input
                    {...control}
                    autoComplete="off"
                    spellCheck={false}
                    className="font-mono uppercase"
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                  />
                )}
              </Field>
            </>
          )
        )}
      </form>
    </Dialog>
  );
}
