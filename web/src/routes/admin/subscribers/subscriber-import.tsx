import { useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { FileDrop } from '#app/components/ui/file-drop.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { ProgressBar, Stepper } from '#app/components/ui/progress.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { csvLine, saveFile } from '#app/lib/csv.ts';

type Result = Schema<'SubscriberImportResult'>;

/** Many subscribers from one CSV file: checked first, then all rows or none. */
export function SubscriberImport() {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const [file, setFile] = useState<{ name: string; csv: string } | null>(null);
  const [checked, setChecked] = useState<Result | null>(null);
  const [done, setDone] = useState<Result | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  const ask = async (csv: string, dryRun: boolean): Promise<Result | null> => {
    setBusy(true);
    setFailed(null);
    const { data, error } = await http.POST('/api/v1/subscribers/import', { body: { csv, dryRun } });
    setBusy(false);
    if (data) return data;
    setFailed(problemText(error, texts));
    return null;
  };
  const check = async (chosen: File) => {
    const csv = await chosen.text();
    setFile({ name: chosen.name, csv });
    setDone(null);
    setChecked(await ask(csv, true));
  };
  const commit = async () => {
    if (!file) return;
    const result = await ask(file.csv, false);
    if (result?.ok) {
      setDone(result);
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers'] });
    } else if (result) setChecked(result);
  };
  const saveErrors = () =>
    checked &&
    saveFile(
      'rejected.csv',
      [
        csvLine(['row', 'column', 'expected', 'found']),
        ...checked.errors.map((each) => csvLine([String(each.row), each.column, each.expected, each.found])),
      ],
      'text/csv;charset=utf-8',
    );

  return (
    <>
      <PageHeader
        title={t('subscribers.import')}
        crumbs={[{ label: t('nav.subscribers'), to: '/admin/subscribers' }]}
        text={file?.name ?? t('subscribers.importText')}
      />
      <div className="mb-5">
        <Stepper
          label={t('import.steps')}
          steps={[t('import.upload'), t('import.check'), t('import.commit')]}
          current={done ? 3 : checked ? 1 : 0}
        />
      </div>
      <div className="grid max-w-3xl gap-5" aria-live="polite">
        {failed && <Notice tone="bad">{failed}</Notice>}
        {busy && <ProgressBar label={t('import.state.checking')} />}
        {!done && !busy && (
          <Card>
            <FileDrop
              label={t('import.drop')}
              hint={t('subscribers.importHint')}
              accept=".csv,.txt,text/csv"
              onFile={(chosen) => void check(chosen)}
            />
          </Card>
        )}
        {checked && !done && checked.errorCount > 0 && (
          <Card
            title={t('import.errors', { count: checked.errorCount })}
            text={t('import.errorsText')}
            actions={
              <Button icon={Download} onClick={saveErrors}>
                {t('import.rejected')}
              </Button>
            }
          >
            <ul className="divide-y divide-line">
              {checked.errors.slice(0, 50).map((each) => (
                <li key={`${each.row}-${each.column}`} className="py-1.5">
                  {t('import.fault', {
                    row: each.row,
                    column: each.column,
                    expected: each.expected,
                    found: each.found || t('import.empty'),
                  })}
                </li>
              ))}
            </ul>
          </Card>
        )}
        {checked && !done && checked.errorCount === 0 && (
          <Notice
            tone="info"
            title={t('subscribers.importReady', { count: checked.rows })}
            actions={
              <Button look="primary" busy={busy} onClick={() => void commit()}>
                {t('subscribers.importNow', { count: checked.rows })}
              </Button>
            }
          >
            {t('import.allOrNothing')}
          </Notice>
        )}
        {done && (
          <Notice
            tone="ok"
            title={t('subscribers.imported', { count: done.created })}
            actions={
              <ButtonLink look="primary" size="sm" to="/admin/subscribers">
                {t('nav.subscribers')}
              </ButtonLink>
            }
          />
        )}
      </div>
    </>
  );
}
