import { Download } from 'lucide-react';
import { useState } from 'react';
import type { Schema } from '#app/api/types.ts';
import { Button, buttonStyle } from '#app/components/ui/button.tsx';
import { Card, StatTile } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatCount } from '#app/lib/format.ts';

type Job = Schema<'RateImport'>;
type Faults = Job['errors'][number];

export interface ImportPreviewProps {
  job: Job;
  onCommit: (skipRejected: boolean) => Promise<void>;
  onCancel: () => void;
}

/** What the import would change, and what is wrong with the file; nothing has been changed yet. */
export function ImportPreview({ job, onCommit, onCancel }: ImportPreviewProps) {
  const { t, locale } = useTexts();
  const ask = useConfirm();
  const [busy, setBusy] = useState(false);
  const counts = job.counts;
  if (!counts) return null;
  const count = (n: number) => formatCount(n, locale);
  const changes = counts.create + counts.update + counts.delete;

  const commit = async (skipRejected: boolean) => {
    if (counts.delete > 0) {
      const yes = await ask({
        title: t('import.deleteTitle', { count: counts.delete }),
        text: t('import.deleteText'),
        action: t('import.commitNow', { count: changes }),
        danger: true,
      });
      if (!yes) return;
    }
    setBusy(true);
    await onCommit(skipRejected);
    setBusy(false);
  };

  return (
    <>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-4" data-testid="import-counts">
        <StatTile label={t('import.create')} value={count(counts.create)} />
        <StatTile label={t('import.update')} value={count(counts.update)} />
        <StatTile label={t('import.skip')} value={count(counts.skip)} note={t('import.skipNote')} />
        <StatTile label={t('import.delete')} value={count(counts.delete)} tone={counts.delete > 0 ? 'bad' : 'plain'} />
      </div>
      {counts.errors > 0 && (
        <Card
          title={t('import.errors', { count: counts.errors })}
          text={t('import.errorsText')}
          actions={
            <a href={`/api/v1/rate-imports/${job.id}/rejected.csv`} download className={buttonStyle({ look: 'plain' })}>
              <Download aria-hidden />
              {t('import.rejected')}
            </a>
          }
        >
          <FaultGroups groups={job.errors} />
        </Card>
      )}
      {counts.warnings > 0 && (
        <Card title={t('import.warnings', { count: counts.warnings })} text={t('import.warningsText')}>
          <FaultGroups groups={job.warnings} />
        </Card>
      )}
      {counts.errors === 0 && changes === 0 && <Notice>{t('import.nothing')}</Notice>}
      <div className="sticky bottom-0 z-10 flex flex-wrap items-center justify-end gap-2 rounded-lg border border-line bg-surface px-4 py-3 shadow-float max-md:bottom-14">
        <p className="mr-auto text-muted">{counts.errors > 0 ? t('import.blockedByErrors') : t('import.allOrNothing')}</p>
        <Button onClick={onCancel} disabled={busy}>
          {t('ui.cancel')}
        </Button>
        {counts.errors > 0 && job.options.mode === 'merge' && changes > 0 && (
          <Button busy={busy} onClick={() => void commit(true)}>
            {t('import.commitGood', { count: changes })}
          </Button>
        )}
        <Button look="primary" busy={busy} disabled={counts.errors > 0 || changes === 0} onClick={() => void commit(false)}>
          {t('import.commitNow', { count: changes })}
        </Button>
      </div>
    </>
  );
}

function FaultGroups({ groups }: { groups: readonly Faults[] }) {
  const { t, maybe } = useTexts();
  return (
    <ul className="grid gap-3">
      {groups.map((group) => (
        <li key={group.cause}>
          <details className="rounded-lg border border-line" open={groups.length === 1}>
            <summary className="flex min-h-10 items-center gap-3 px-3 py-2">
              <span className="font-medium">{maybe(`importFault.${group.cause}`) ?? group.cause}</span>
              <span className="tnum ml-auto text-muted">{t('import.rowCount', { count: group.count })}</span>
            </summary>
            <ul className="divide-y divide-line border-t border-line">
              {group.rows.map((row) => (
                <li key={`${row.row}-${row.column}`} className="px-3 py-2">
                  {t('import.fault', { row: row.row, column: row.column, expected: row.expected, found: row.found || t('import.empty') })}
                </li>
              ))}
              {group.count > group.rows.length && (
                <li className="px-3 py-2 text-muted">{t('import.more', { count: group.count - group.rows.length })}</li>
              )}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}
