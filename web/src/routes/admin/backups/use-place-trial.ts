import { useState } from 'react';
import { problemOf, problemText } from '#app/api/problem.ts';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { type PlaceDraft, placeErrors } from '#app/routes/admin/backups/place-draft.ts';

export interface PlaceTrial {
  busy: boolean;
  errors: Record<string, string>;
  failed: string | null;
}

/**
 * Before anything secret is sent to an SFTP server, a person looks at its key. `work` is then done with the draft that holds it.
 * @param ask asks a server for its key
 */
export function usePlaceTrial(askKey: (host: string, port: number) => Promise<string>) {
  const texts = useTexts();
  const { t } = texts;
  const confirm = useConfirm();
  const [trial, setTrial] = useState<PlaceTrial>({ busy: false, errors: {}, failed: null });

  const run = async (draft: PlaceDraft, onDraft: (draft: PlaceDraft) => void, work: (draft: PlaceDraft) => Promise<void>) => {
    setTrial({ busy: true, errors: {}, failed: null });
    try {
      let known = draft;
      if (draft.kind === 'sftp' && draft.hostKey === '') {
        const hostKey = await askKey(draft.host, Number(draft.port) || 0);
        const question = { title: t('bk.hostKeyTitle'), text: `${t('bk.hostKeyText')} ${hostKey}`, action: t('bk.hostKeyTrust') };
        if (!(await confirm(question))) return setTrial({ busy: false, errors: {}, failed: null });
        known = { ...draft, hostKey };
        onDraft(known);
      }
      await work(known);
      setTrial({ busy: false, errors: {}, failed: null });
    } catch (error) {
      const errors = placeErrors(error, texts);
      // The key that was accepted is not the one that is shown now: it is to be looked at again.
      if (problemOf(error).code === 'host-key-changed') onDraft({ ...draft, hostKey: '' });
      setTrial({ busy: false, errors, failed: Object.keys(errors).length > 0 ? null : problemText(error, texts) });
    }
  };
  return { trial, run };
}
