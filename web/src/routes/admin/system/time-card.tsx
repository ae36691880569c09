import { useQueryClient } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { z } from 'zod';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { TimeZoneInput } from '#app/components/choices.tsx';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Textarea } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatSpan } from '#app/lib/format.ts';
import { pollMs } from '#app/routes/admin/system/use-host.ts';

type Time = Schema<'HostTime'>;

/** A point in time as the machine's own clock shows it, in its own zone. */
const machineClock = (iso: string, zone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: zone }).format(new Date(iso));

/** Seconds as a small signed amount: "+0.4 ms". */
function offsetText(seconds: number, locale: string): string {
  const small = Math.abs(seconds) < 1;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  return `${number.format(small ? seconds * 1000 : seconds)} ${small ? 'ms' : 's'}`;
}

/** The clock that calls are charged by: its zone, whom it follows, how far it is off. */
export function TimeCard() {
  const texts = useTexts();
  const { t, locale } = texts;
  const query = api.useQuery('get', '/api/v1/host/time', {}, { refetchInterval: pollMs });
  const [editing, setEditing] = useState(false);
  const time = query.data;
  return (
    <Card
      title={t('time.title')}
      actions={
        time && (
          <Button size="sm" icon={Pencil} aria-label={t('time.change')} onClick={() => setEditing(true)}>
            {t('net.change')}
          </Button>
        )
      }
    >
      {time ? (
        <>
          <KeyValues
            rows={[
              [
                t('time.now'),
                <span key="n" className="tnum">
                  {machineClock(time.now, time.settings.timeZone, locale)}
                </span>,
              ],
              [t('time.zone'), time.settings.timeZone],
              [
                t('time.sync'),
                <StatusLight key="s" tone={time.synchronised ? 'ok' : 'warn'}>
                  {t(time.synchronised ? 'time.synchronised' : 'time.notSynchronised')}
                </StatusLight>,
              ],
              time.source !== '' && [
                t('time.source'),
                <code key="f" className="font-mono break-all">
                  {time.source}
                </code>,
              ],
              time.offset !== null && [
                t('time.offset'),
                <span key="o" className="tnum">
                  {offsetText(time.offset, locale)}
                </span>,
              ],
              [t('time.rtc'), time.rtc === null ? t('time.noRtc') : machineClock(time.rtc, time.settings.timeZone, locale)],
              [t('time.servers'), time.settings.ntpServers.join(', ') || t('time.serversDefault')],
            ]}
          />
          {time.beforeBuild && (
            <Notice tone="bad" className="mt-4">
              {t('time.beforeBuild')}
            </Notice>
          )}
          {Math.abs(time.jump) >= 300 && (
            <Notice tone="warn" className="mt-4">
              {t(time.jump > 0 ? 'time.jumpedOn' : 'time.jumpedBack', { span: formatSpan(Math.abs(time.jump), locale) })}
            </Notice>
          )}
          {editing && <TimeDialog time={time} onClose={() => setEditing(false)} />}
        </>
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock />
      )}
    </Card>
  );
}

const zoneExists = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};
const serverList = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const timeForm = z.object({
  timeZone: z.string().trim().min(1, 'invalid.required').refine(zoneExists, 'invalid.timeZone'),
  ntpServers: z
    .string()
    .refine((text) => serverList(text).every((each) => /^[A-Za-z0-9.:_-]{1,253}$/.test(each)), 'invalid.host')
    .refine((text) => serverList(text).length <= 8, 'invalid.ntpMany'),
});

function TimeDialog({ time, onClose }: { time: Time; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const form = useZodForm(timeForm, { timeZone: time.settings.timeZone, ntpServers: time.settings.ntpServers.join('\n') });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ timeZone, ntpServers }) => {
    const { data, error } = await http.PUT('/api/v1/host/time', { body: { timeZone, ntpServers: serverList(ntpServers) } });
    if (!data) {
      showProblem(form, error, texts, { 'ntpServers.0': 'ntpServers' });
      return;
    }
    toast.success(t('ui.saved'));
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/host/time'] });
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('time.change')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="time" busy={isSubmitting}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="time" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <Field label={t('time.zone')} hint={t('time.zoneHint')} error={errors.timeZone?.message} required>
          {(control) => <TimeZoneInput {...control} {...form.register('timeZone')} />}
        </Field>
        <Field label={t('time.servers')} hint={t('time.serversHint')} error={errors.ntpServers?.message} optional>
          {(control) => <Textarea {...control} {...form.register('ntpServers')} rows={3} spellCheck={false} className="font-mono" />}
        </Field>
      </form>
    </Dialog>
  );
}
