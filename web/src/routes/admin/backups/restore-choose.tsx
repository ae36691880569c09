import { useState } from 'react';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Button } from '#app/components/ui/button.tsx';
import { ChoiceCards } from '#app/components/ui/choice-cards.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes } from '#app/lib/format.ts';
import { emptyPlace, type PlaceDraft, type PlaceKind, placeOf } from '#app/routes/admin/backups/place-draft.ts';
import { PlaceFields } from '#app/routes/admin/backups/place-fields.tsx';
import type { Restore, RestoreCalls } from '#app/routes/admin/backups/restore-call.ts';
import { usePlaceTrial } from '#app/routes/admin/backups/use-place-trial.ts';

type Archives = Schema<'BackupArchiveList'>['items'];

/** Backups that lie somewhere this machine reaches: on itself, a stick, a folder, an SFTP server. */
export function RestoreChoose({ calls, onTaken }: { calls: RestoreCalls; onTaken: (restore: Restore) => void }) {
  const texts = useTexts();
  const { t, locale } = texts;
  const [places, setPlaces] = useState<Schema<'BackupStickList'> | null>(null);
  const [draft, setDraft] = useState<PlaceDraft>(emptyPlace('here'));
  const [found, setFound] = useState<Archives | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { trial, run } = usePlaceTrial(
    async (host, port) => (await calls.call<{ hostKey: string }>('POST', '/host-key', { host, port })).hostKey,
  );

  const start = async () => {
    try {
      setPlaces(await calls.call<Schema<'BackupStickList'>>('GET', '/sticks'));
      setFailed(null);
    } catch (error) {
      setFailed(problemText(error, texts));
    }
  };
  const change = (next: PlaceDraft) => {
    setDraft(next);
    setFound(null);
  };
  const look = () =>
    run(draft, setDraft, async (known) => {
      setFound((await calls.call<{ items: Archives }>('POST', '/list', { source: placeOf(known) })).items);
    });
  const take = (name: string) =>
    run(draft, setDraft, async (known) => onTaken(await calls.call<Restore>('POST', '/fetch', { source: placeOf(known), name })));

  if (!places)
    return (
      <div>
        {failed && <Notice tone="bad">{failed}</Notice>}
        <Button onClick={() => void start()}>{t('bk.fromPlace')}</Button>
      </div>
    );
  return (
    <div className="grid gap-4">
      <ChoiceCards<PlaceKind>
        legend={t('bk.fromPlace')}
        value={draft.kind}
        onChange={(kind) => change(emptyPlace(kind))}
        columns="sm:grid-cols-3"
        choices={places.kinds.map((kind) => ({ value: kind, title: t(`bk.place.${kind}`) }))}
      />
      <PlaceFields draft={draft} onChange={change} sticks={places.items} secretSet={false} errors={trial.errors} />
      {trial.failed && <Notice tone="bad">{trial.failed}</Notice>}
      <Button className="justify-self-start" busy={trial.busy} onClick={() => void look()}>
        {t('bk.look')}
      </Button>
      {found?.length === 0 && <p className="text-muted">{t('bk.nothingThere')}</p>}
      {found && found.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {found.map(({ name, createdAt, bytes }) => (
            <li key={name} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
              <div className="min-w-0 flex-1">
                <p className="font-mono text-xs break-all">{name}</p>
                <p className="text-xs text-muted">
                  <When at={createdAt} /> · {formatBytes(bytes, locale)}
                </p>
              </div>
              <Button size="sm" aria-label={t('bk.takeOne', { name })} disabled={trial.busy} onClick={() => void take(name)}>
                {t('bk.take')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
