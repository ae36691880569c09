import { useState } from 'react';
import { send } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Card } from '#app/components/ui/card.tsx';
import { ChoiceCards } from '#app/components/ui/choice-cards.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { FileDrop } from '#app/components/ui/file-drop.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { ProgressBar } from '#app/components/ui/progress.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** What to do with the rates that are there, from when on, and the file itself. */
export function ImportUpload({ tariffId, onStarted }: { tariffId: number; onStarted: (job: string) => void }) {
  const texts = useTexts();
  const { t } = texts;
  const [mode, setMode] = useState<'merge' | 'replace'>('merge');
  const [from, setFrom] = useState('');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  const upload = async (file: File) => {
    setBusy(true);
    setFailed(null);
    const body = new FormData();
    body.append(
      'options',
      JSON.stringify({ tariffId, mode, effectiveFrom: from && mode === 'merge' ? new Date(from).toISOString() : null }),
    );
    body.append('file', file);
    try {
      // A multipart body is not what the generated client sends.
      const response = await send(new Request(new URL('/api/v1/rate-imports', location.origin), { method: 'POST', body }));
      const answer: unknown = await response.json();
      if (!response.ok) throw answer;
      onStarted((answer as Schema<'RateImport'>).id);
    } catch (error) {
      setFailed(problemText(error, texts));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="grid items-start gap-5 lg:grid-cols-[3fr_2fr]">
      <Card>
        <div className="grid gap-5">
          <ChoiceCards
            legend={t('import.mode')}
            value={mode}
            onChange={setMode}
            columns="sm:grid-cols-2"
            choices={[
              { value: 'merge', title: t('import.merge'), text: t('import.mergeText') },
              { value: 'replace', title: t('import.replace'), text: t('import.replaceText') },
            ]}
          />
          {/* A replacement takes effect at once. */}
          {mode === 'merge' && (
            <Field label={t('rate.effectiveFrom')} hint={t('import.effectiveHint')} optional className="max-w-xs">
              {(control) => <Input {...control} type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />}
            </Field>
          )}
          {failed && <Notice tone="bad">{failed}</Notice>}
          {busy ? (
            <ProgressBar label={t('import.uploading')} />
          ) : (
            <FileDrop
              label={t('import.drop')}
              hint={t('import.dropHint')}
              accept=".csv,.txt,.tsv,text/csv"
              onFile={(file) => void upload(file)}
            />
          )}
        </div>
      </Card>
      <Card title={t('import.format')}>
        <p className="text-muted">{t('import.formatText')}</p>
        <pre className="mt-3 overflow-x-auto rounded-md bg-sunken p-3 font-mono text-xs" role="img" aria-label={t('import.formatExample')}>
          {'prefix,name,price\n1,USA,0.01900\n1800,USA Toll Free,0.00000\n54,Argentina,0.03942'}
        </pre>
        <p className="mt-3 text-muted">{t('import.formatOptional')}</p>
      </Card>
    </div>
  );
}
