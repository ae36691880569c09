import { useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';

type Mailbox = Schema<'Mailbox'>;

/** The mailbox of a subscriber: how full it is and what it may hold. Never what is in it. */
export function SubscriberVoicemail({ subscriber }: { subscriber: Schema<'Subscriber'> }) {
  const texts = useTexts();
  const query = api.useQuery('get', '/api/v1/subscribers/{id}/voicemail', { params: { path: { id: subscriber.id } } });
  if (query.data) return <Body id={subscriber.id} box={query.data} closed={subscriber.status === 'closed'} />;
  if (query.error) return <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />;
  return <LoadingBlock lines={5} />;
}

function Body({ id, box, closed }: { id: number; box: Mailbox; closed: boolean }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const ask = useConfirm();
  const params = { path: { id } };
  const refresh = () => client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}/voicemail'] });

  const enable = async (takesMessages: boolean) => {
    const { error, response } = await http.PATCH('/api/v1/subscribers/{id}/voicemail', { params, body: { takesMessages } });
    if (!response.ok) toast.error(problemText(error, texts));
    await refresh();
  };
  const removePin = async () => {
    if (
      !(await ask({ title: t('mailbox.removePinTitle'), text: t('mailbox.removePinText'), action: t('mailbox.removePin'), danger: true }))
    )
      return;
    const { error, response } = await http.DELETE('/api/v1/subscribers/{id}/voicemail/pin', { params });
    if (response.ok) toast.success(t('ui.saved'));
    else toast.error(problemText(error, texts));
    await refresh();
  };

  return (
    <div className="grid max-w-3xl gap-5">
      <Card title={t('nav.voicemail')} text={t('mailbox.text')}>
        <div className="grid gap-5">
          {!box.permitted && <Notice tone="warn">{t('mailbox.noGroup')}</Notice>}
          <Switch
            checked={box.takesMessages}
            disabled={closed || !box.permitted}
            onChange={(on) => void enable(on)}
            label={t('voicemail.takesMessages')}
            hint={t('mailbox.takesMessagesHint')}
          />
          <KeyValues
            rows={[
              [t('mailbox.new'), box.newMessages],
              [t('mailbox.saved'), box.savedMessages],
              [
                t('mailbox.used'),
                `${t('mailbox.countOf', { count: box.newMessages + box.savedMessages, most: box.maxMessages })} · ${t('mailbox.usedOf', { used: formatTalk(box.usedSeconds), room: formatTalk(box.maxSeconds) })}`,
              ],
              [t('mailbox.mailMessages'), t(box.mailMessages ? 'ui.yes' : 'ui.no')],
              [
                t('voicemail.pin'),
                box.hasPin ? (
                  <span key="pin" className="inline-flex flex-wrap items-center gap-3">
                    {t('mailbox.pinSet')}
                    <Button size="sm" onClick={() => void removePin()}>
                      {t('mailbox.removePin')}
                    </Button>
                  </span>
                ) : (
                  t('ui.none')
                ),
              ],
            ]}
          />
        </div>
      </Card>
      {!closed && <Limits id={id} box={box} onSaved={refresh} />}
    </div>
  );
}

const count = z.string().regex(/^(|[1-9]\d{0,4})$/, 'invalid.integer');
const limits = z.object({ maxMessages: count, maxMinutes: count, retentionDays: count });

function Limits({ id, box, onSaved }: { id: number; box: Mailbox; onSaved: () => Promise<void> }) {
  const texts = useTexts();
  const { t } = texts;
  const text = (value: number | null) => (value === null ? '' : String(value));
  const form = useZodForm(limits, {
    maxMessages: text(box.ownMaxMessages),
    maxMinutes: text(box.ownMaxMinutes),
    retentionDays: text(box.ownRetentionDays),
  });
  const { errors, isSubmitting, isDirty } = form.formState;
  const number = (value: string) => (value === '' ? null : Number(value));

  const submit = form.handleSubmit(async (values) => {
    try {
      const body = {
        maxMessages: number(values.maxMessages),
        maxMinutes: number(values.maxMinutes),
        retentionDays: number(values.retentionDays),
      };
      const { error, response } = await http.PATCH('/api/v1/subscribers/{id}/voicemail', { params: { path: { id } }, body });
      if (!response.ok) throw error;
      form.reset(values);
      toast.success(t('ui.saved'));
      await onSaved();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <Card title={t('mailbox.limits')} text={t('mailbox.limitsText')}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <div className="grid gap-4 sm:grid-cols-3">
          {(['maxMessages', 'maxMinutes', 'retentionDays'] as const).map((name) => (
            <Field key={name} label={t(`mailbox.${name}`)} error={errors[name]?.message}>
              {(control) => <Input {...control} {...form.register(name)} inputMode="numeric" className="tnum" />}
            </Field>
          ))}
        </div>
        <div>
          <Button type="submit" look="primary" disabled={!isDirty} busy={isSubmitting}>
            {t('ui.save')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
