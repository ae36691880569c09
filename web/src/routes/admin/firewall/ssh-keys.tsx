import { useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { CopyValue } from '#app/components/ui/copy-button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Textarea } from '#app/components/ui/input.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

type Ssh = Schema<'HostSsh'>;
const path = '/api/v1/host/ssh';

/** Saves switch and keys together, as the host takes them. @throws what the server refused */
function useSave() {
  const client = useQueryClient();
  return async (enabled: boolean, keys: readonly string[]): Promise<void> => {
    const { data, error } = await http.PUT(path, { body: { enabled, keys: [...keys] } });
    if (!data) throw error;
    client.setQueryData(api.queryOptions('get', path, {}).queryKey, data);
  };
}

/** SSH is off until there is a key; passwords are never taken. */
export function SshKeys() {
  const texts = useTexts();
  const query = api.useQuery('get', path, {});
  if (query.data) return <Keys ssh={query.data} />;
  if (query.error) return <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />;
  return <LoadingBlock lines={6} />;
}

function Keys({ ssh }: { ssh: Ssh }) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const save = useSave();
  const [adding, setAdding] = useState(false);
  const keys = ssh.keys.map((each) => each.key);

  const change = async (enabled: boolean, after: readonly string[]) => {
    try {
      await save(enabled, after);
      toast.success(t('ui.saved'));
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };
  const remove = async (key: Ssh['keys'][number]) => {
    const last = ssh.enabled && ssh.keys.length === 1;
    const yes = await ask({
      title: t('ssh.removeTitle', { name: key.comment || key.fingerprint }),
      text: t(last ? 'ssh.removeLast' : 'ssh.removeText'),
      action: t('ssh.remove'),
      danger: true,
    });
    // Without a key nobody could come in: the door is shut with the last one.
    if (yes)
      await change(
        ssh.enabled && !last,
        keys.filter((each) => each !== key.key),
      );
  };
  const add = (
    <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
      {t('ssh.add')}
    </Button>
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <Card title="SSH">
        <Switch
          checked={ssh.enabled}
          disabled={ssh.keys.length === 0}
          label={t('ssh.enabled')}
          hint={t(ssh.keys.length === 0 ? 'ssh.needsKey' : 'ssh.enabledHint')}
          onChange={(on) => void change(on, keys)}
        />
        {ssh.hostKeys.length > 0 && (
          <div className="mt-4">
            <h3 className="text-muted">{t('ssh.hostKeys')}</h3>
            <ul className="mt-1 grid gap-1">
              {ssh.hostKeys.map((key) => (
                <li key={key}>
                  <CopyValue value={key} name={t('ssh.hostKeys')} />
                </li>
              ))}
            </ul>
          </div>
        )}
      </Card>
      <Card flush title={t('ssh.keys')} text={t('ssh.keysText')} actions={ssh.keys.length > 0 && add}>
        {ssh.keys.length === 0 ? (
          <EmptyState title={t('ssh.emptyTitle')} text={t('ssh.emptyText')} action={add} />
        ) : (
          <ul className="divide-y divide-line border-t border-line">
            {ssh.keys.map((key) => (
              <li key={key.fingerprint} className="flex items-center gap-3 px-4 py-3 md:px-5">
                <div className="min-w-0 flex-1">
                  <div className="font-medium break-all">{key.comment || t('ssh.noComment')}</div>
                  <div className="text-xs text-muted">
                    {key.type} · <span className="font-mono break-all">{key.fingerprint}</span>
                  </div>
                </div>
                <Button
                  look="danger-quiet"
                  size="icon"
                  icon={Trash2}
                  aria-label={t('ssh.removeOne', { name: key.comment || key.fingerprint })}
                  onClick={() => void remove(key)}
                />
              </li>
            ))}
          </ul>
        )}
      </Card>
      {adding && <AddKey ssh={ssh} onClose={() => setAdding(false)} />}
    </div>
  );
}

function AddKey({ ssh, onClose }: { ssh: Ssh; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const save = useSave();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    const key = text.trim();
    const present = ssh.keys.map((each) => each.key);
    if (key === '') setFault('invalid.required');
    else if (key.includes('PRIVATE KEY')) setFault('ssh.isPrivate');
    else if (ssh.keys.some((each) => key.split(/\s+/)[1] === each.key.split(/\s+/)[1])) setFault('ssh.known');
    else {
      setBusy(true);
      try {
        await save(ssh.enabled, [...present, key]);
        toast.success(t('ui.saved'));
        onClose();
      } catch (error) {
        setFault(problemText(error, texts));
      }
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('ssh.add')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="ssh-key" busy={busy}>
            {t('ssh.add')}
          </Button>
        </>
      }
    >
      <form
        id="ssh-key"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t('ssh.key')} hint={t('ssh.keyHint')} error={fault} required>
          {(control) => (
            <Textarea
              {...control}
              rows={5}
              spellCheck={false}
              autoComplete="off"
              className="font-mono text-xs break-all"
              placeholder="ssh-ed25519 AAAA… anna@laptop"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setFault(undefined);
              }}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
