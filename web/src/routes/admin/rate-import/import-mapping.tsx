import { useState } from 'react';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Select } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';

type Job = Schema<'RateImport'>;
type ColumnField = Job['columns'][number]['field'];

const columnFields = [
  'prefix',
  'name',
  'price',
  'connect_fee',
  'first_increment',
  'next_increment',
  'min_charge',
  'free_seconds',
  'grace_seconds',
  'blocked',
  'effective_from',
] as const satisfies readonly ColumnField[];
const separators = [',', ';', '\t', ' '] as const;

/** Which column is what. The guess is shown as a guess; every choice can be changed, and the file is then read anew. */
export function ImportMapping({ job, onChanged }: { job: Job; onChanged: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const [fields, setFields] = useState<readonly ColumnField[]>(job.columns.map((column) => column.field));
  const [options, setOptions] = useState(job.options);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const missing = (['prefix', 'price'] as const).filter((field) => !fields.includes(field));
  const twice = columnFields.find((field) => fields.indexOf(field) !== fields.lastIndexOf(field));
  const changed =
    fields.some((field, index) => field !== job.columns[index]?.field) ||
    options.separator !== job.options.separator ||
    options.decimal !== job.options.decimal ||
    options.headerRow !== job.options.headerRow;

  const apply = async () => {
    setBusy(true);
    setFailed(null);
    const rereads = options.separator !== job.options.separator || options.headerRow !== job.options.headerRow;
    const { error, response } = await http.PATCH('/api/v1/rate-imports/{id}/mapping', {
      params: { path: { id: job.id } },
      body: {
        separator: options.separator,
        decimal: options.decimal,
        headerRow: options.headerRow,
        // Another separator makes other columns: their guess is made anew.
        ...(rereads ? {} : { columns: job.columns.map((column, at) => ({ index: column.index, field: fields[at] ?? null })) }),
      },
    });
    setBusy(false);
    if (response.ok) onChanged();
    else setFailed(problemText(error, texts));
  };

  return (
    <Card
      title={t('import.map')}
      text={t('import.mapText')}
      actions={
        <Button
          look={job.state === 'mapping' ? 'primary' : 'plain'}
          disabled={job.state === 'ready' && !changed}
          busy={busy}
          onClick={() => void apply()}
        >
          {t('import.recheck')}
        </Button>
      }
    >
      <div className="grid gap-4">
        {failed && <Notice tone="bad">{failed}</Notice>}
        {missing.length > 0 && (
          <Notice tone="warn">{t('import.missing', { fields: missing.map((field) => t(`importField.${field}`)).join(', ') })}</Notice>
        )}
        {twice && <Notice tone="warn">{t('import.twice', { field: t(`importField.${twice}`) })}</Notice>}
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label={t('import.separator')}>
            {(control) => (
              <Select
                {...control}
                value={options.separator}
                onChange={(event) => setOptions({ ...options, separator: separators.find((each) => each === event.target.value) ?? ',' })}
              >
                <option value=",">{t('import.comma')}</option>
                <option value=";">{t('import.semicolon')}</option>
                <option value={'\t'}>{t('import.tab')}</option>
                <option value=" ">{t('import.blank')}</option>
              </Select>
            )}
          </Field>
          <Field label={t('import.decimal')}>
            {(control) => (
              <Select
                {...control}
                value={options.decimal}
                onChange={(event) => setOptions({ ...options, decimal: event.target.value === ',' ? ',' : '.' })}
              >
                <option value=".">0.0190</option>
                <option value=",">0,0190</option>
              </Select>
            )}
          </Field>
          <div className="self-end pb-2">
            <Checkbox
              checked={options.headerRow}
              onChange={(headerRow) => setOptions({ ...options, headerRow })}
              label={t('import.header')}
            />
          </div>
        </div>
        <div className="overflow-x-auto rounded-lg border border-line">
          <table className="w-full text-left">
            <caption className="sr-only">{t('import.map')}</caption>
            <thead className="label-caps text-faint">
              <tr>
                <th scope="col" className="px-3 py-2">
                  {t('import.column')}
                </th>
                <th scope="col" className="px-3 py-2">
                  {t('import.sample')}
                </th>
                <th scope="col" className="px-3 py-2">
                  {t('import.takenAs')}
                </th>
              </tr>
            </thead>
            <tbody>
              {job.columns.map((column, index) => (
                <tr key={column.index} className="border-t border-line">
                  <th scope="row" className="px-3 py-2 font-medium">
                    {column.name || t('import.columnNumber', { number: column.index + 1 })}
                  </th>
                  <td className="max-w-64 truncate px-3 py-2 font-mono text-xs text-muted">{column.sample.slice(0, 3).join(' · ')}</td>
                  <td className="px-3 py-1.5">
                    <span className="flex items-center gap-2">
                      <Select
                        className="w-48"
                        aria-label={t('import.columnIs', { column: column.name || String(column.index + 1) })}
                        value={fields[index] ?? ''}
                        onChange={(event) =>
                          setFields(
                            fields.map((field, at) =>
                              at === index ? (columnFields.find((each) => each === event.target.value) ?? null) : field,
                            ),
                          )
                        }
                      >
                        <option value="">{t('import.ignore')}</option>
                        {columnFields.map((field) => (
                          <option key={field} value={field}>
                            {t(`importField.${field}`)}
                          </option>
                        ))}
                      </Select>
                      {fields[index] === column.field && column.field !== null && <Badge tone="info">{t('import.guess')}</Badge>}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </Card>
  );
}
