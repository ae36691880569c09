import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput, Select, Textarea } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes } from '#app/lib/format.ts';
import type { PlaceDraft } from '#app/routes/admin/backups/place-draft.ts';

export interface Stick {
  uuid: string;
  label: string;
  model: string;
  size: number;
}

export interface PlaceFieldsProps {
  draft: PlaceDraft;
  onChange: (draft: PlaceDraft) => void;
  sticks: readonly Stick[];
  /** The secret of this place is stored and stays when the field is left empty. */
  secretSet: boolean;
  /** Faults by the field's name of the API. */
  errors: Readonly<Record<string, string>>;
}

/** What must be known of a place, by its kind. */
export function PlaceFields({ draft, onChange, sticks, secretSet, errors }: PlaceFieldsProps) {
  const { t, locale } = useTexts();
  const set = (changes: Partial<PlaceDraft>) => onChange({ ...draft, ...changes });
  if (draft.kind === 'here') return null;
  if (draft.kind === 'folder')
    return (
      <Field label={t('bk.path')} error={errors.path} required>
        {(control) => <Input {...control} value={draft.path} placeholder="/mnt/backups" onChange={(e) => set({ path: e.target.value })} />}
      </Field>
    );
  if (draft.kind === 'usb')
    return (
      <Field label={t('bk.stick')} error={errors.uuid} hint={sticks.length === 0 ? t('bk.noStick') : undefined} required>
        {(control) => (
          <Select
            {...control}
            value={draft.uuid}
            onChange={(e) => set({ uuid: e.target.value, label: sticks.find(({ uuid }) => uuid === e.target.value)?.label ?? '' })}
          >
            <option value="">{t('bk.chooseStick')}</option>
            {draft.uuid !== '' && !sticks.some(({ uuid }) => uuid === draft.uuid) && (
              <option value={draft.uuid}>{draft.label || draft.uuid}</option>
            )}
            {sticks.map((stick) => (
              <option key={stick.uuid} value={stick.uuid}>
                {[stick.label || stick.uuid, stick.model, formatBytes(stick.size, locale)].filter(Boolean).join(' · ')}
              </option>
            ))}
          </Select>
        )}
      </Field>
    );
  const kept = secretSet ? t('bk.kept') : undefined;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t('bk.host')} error={errors.host} required>
        {(control) => (
          <Input {...control} value={draft.host} autoComplete="off" onChange={(e) => set({ host: e.target.value, hostKey: '' })} />
        )}
      </Field>
      <Field label={t('bk.port')} error={errors.port} className="max-w-32">
        {(control) => (
          <Input {...control} inputMode="numeric" value={draft.port} onChange={(e) => set({ port: e.target.value, hostKey: '' })} />
        )}
      </Field>
      <Field label={t('bk.user')} error={errors.user} required>
        {(control) => <Input {...control} value={draft.user} autoComplete="off" onChange={(e) => set({ user: e.target.value })} />}
      </Field>
      <Field label={t('bk.folder')} error={errors.folder} hint={t('bk.folderHint')} optional>
        {(control) => <Input {...control} value={draft.folder} onChange={(e) => set({ folder: e.target.value })} />}
      </Field>
      <Field label={t('bk.auth')}>
        {(control) => (
          <Select {...control} value={draft.auth} onChange={(e) => set({ auth: e.target.value === 'key' ? 'key' : 'password' })}>
            <option value="password">{t('bk.auth.password')}</option>
            <option value="key">{t('bk.auth.key')}</option>
          </Select>
        )}
      </Field>
      {draft.auth === 'password' ? (
        <Field label={t('bk.password')} error={errors.password} hint={kept}>
          {(control) => (
            <PasswordInput {...control} autoComplete="off" value={draft.password} onChange={(e) => set({ password: e.target.value })} />
          )}
        </Field>
      ) : (
        <>
          <Field label={t('bk.keyPassphrase')} error={errors.keyPassphrase} optional>
            {(control) => (
              <PasswordInput
                {...control}
                autoComplete="off"
                value={draft.keyPassphrase}
                onChange={(e) => set({ keyPassphrase: e.target.value })}
              />
            )}
          </Field>
          <Field label={t('bk.privateKey')} error={errors.privateKey} hint={kept ?? t('bk.privateKeyHint')} className="sm:col-span-2">
            {(control) => (
              <Textarea
                {...control}
                rows={5}
                spellCheck={false}
                className="font-mono text-xs"
                value={draft.privateKey}
                onChange={(e) => set({ privateKey: e.target.value })}
              />
            )}
          </Field>
        </>
      )}
      <div className="min-w-0 sm:col-span-2">
        <p className="font-medium">{t('bk.hostKey')}</p>
        <p className="mt-0.5 font-mono text-xs break-all text-muted">{draft.hostKey || t('bk.hostKeyNone')}</p>
        {errors.hostKey && <p className="text-sm text-bad">{errors.hostKey}</p>}
      </div>
    </div>
  );
}
