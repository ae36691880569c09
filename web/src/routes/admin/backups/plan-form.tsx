import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { api, http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { ChoiceCards } from '#app/components/ui/choice-cards.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, Select } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes } from '#app/lib/format.ts';
import { draftOf, emptyPlace, type PlaceDraft, type PlaceKind, placeOf } from '#app/routes/admin/backups/place-draft.ts';
import { PlaceFields } from '#app/routes/admin/backups/place-fields.tsx';
import { usePlaceTrial } from '#app/routes/admin/backups/use-place-trial.ts';

type Plan = Schema<'BackupPlan'>;
const hours = Array.from({ length: 24 }, (_, hour) => hour);
const weekdays = [1, 2, 3, 4, 5, 6, 0];
/** 1 January 2023 was a Sunday. */
const dayName = (weekday: number, locale: string): string =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2023, 0, 1 + weekday)));

/** How often, when, how many, and where; the place can be tried before it is saved. */
export function PlanForm({ plan, onSaved }: { plan: Plan; onSaved: () => Promise<unknown> }) {
  const { t, locale } = useTexts();
  const [schedule, setSchedule] = useState(plan.schedule);
  const [keep, setKeep] = useState(String(plan.keep));
  const [draft, setDraft] = useState<PlaceDraft>(() => draftOf(plan.place));
  const [tested, setTested] = useState<string | null>(null);
  const sticks = api.useQuery('get', '/api/v1/backups/sticks', {}, { enabled: draft.kind === 'usb' });
  const { trial, run } = usePlaceTrial(async (host, port) => {
    const { data, error } = await http.POST('/api/v1/backups/plan/host-key', { body: { host, port } });
    if (!data) throw error;
    return data.hostKey;
  });
  const change = (next: PlaceDraft) => {
    setDraft(next);
    setTested(null);
  };
  const test = () =>
    run(draft, setDraft, async (known) => {
      setTested(null);
      const { data, error } = await http.POST('/api/v1/backups/plan/test', { body: { place: placeOf(known) } });
      if (!data) throw error;
      const good = t('bk.testGood', { seconds: (data.milliseconds / 1000).toFixed(1) });
      setTested(data.free === null ? good : `${good} ${t('bk.testFree', { free: formatBytes(data.free, locale) })}`);
    });
  const save = () =>
    run(draft, setDraft, async (known) => {
      const body = { schedule, keep: Number(keep) || 0, place: placeOf(known) };
      const { data, error } = await http.PUT('/api/v1/backups/plan', { body });
      if (!data) throw error;
      change({ ...known, password: '', privateKey: '', keyPassphrase: '' });
      await onSaved();
      toast.success(t('bk.saved'));
    });

  return (
    <Card title={t('bk.plan')} text={t('bk.planText')}>
      <div className="grid gap-5">
        <div className="grid gap-4 sm:grid-cols-4">
          <Field label={t('bk.every')}>
            {(control) => (
              <Select
                {...control}
                value={schedule.every}
                onChange={(e) => setSchedule({ ...schedule, every: e.target.value as Plan['schedule']['every'] })}
              >
                <option value="off">{t('bk.every.off')}</option>
                <option value="day">{t('bk.every.day')}</option>
                <option value="week">{t('bk.every.week')}</option>
              </Select>
            )}
          </Field>
          {schedule.every === 'week' && (
            <Field label={t('bk.weekday')}>
              {(control) => (
                <Select
                  {...control}
                  value={schedule.weekday}
                  onChange={(e) => setSchedule({ ...schedule, weekday: Number(e.target.value) })}
                >
                  {weekdays.map((weekday) => (
                    <option key={weekday} value={weekday}>
                      {dayName(weekday, locale)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          {schedule.every !== 'off' && (
            <Field label={t('bk.hour')}>
              {(control) => (
                <Select {...control} value={schedule.hour} onChange={(e) => setSchedule({ ...schedule, hour: Number(e.target.value) })}>
                  {hours.map((hour) => (
                    <option key={hour} value={hour}>{`${String(hour).padStart(2, '0')}:00`}</option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          <Field label={t('bk.keep')} error={trial.errors.keep}>
            {(control) => <Input {...control} inputMode="numeric" value={keep} onChange={(e) => setKeep(e.target.value)} />}
          </Field>
        </div>
        <ChoiceCards<PlaceKind>
          legend={t('bk.place')}
          value={draft.kind}
          onChange={(kind) => change(kind === plan.place.kind ? draftOf(plan.place) : emptyPlace(kind))}
          choices={plan.kinds.map((kind) => ({ value: kind, title: t(`bk.place.${kind}`), text: t(`bk.place.${kind}Text`) }))}
        />
        <PlaceFields
          draft={draft}
          onChange={change}
          sticks={sticks.data?.items ?? []}
          secretSet={plan.place.secretSet === true && plan.place.auth === draft.auth && plan.place.host === draft.host}
          errors={trial.errors}
        />
        {trial.failed && <Notice tone="bad">{trial.failed}</Notice>}
        {tested && <Notice tone="ok">{tested}</Notice>}
        <div className="flex flex-wrap gap-2">
          <Button look="primary" busy={trial.busy} onClick={() => void save()}>
            {t('ui.save')}
          </Button>
          <Button icon={FlaskConical} disabled={trial.busy} onClick={() => void test()}>
            {t('bk.test')}
          </Button>
        </div>
      </div>
    </Card>
  );
}
