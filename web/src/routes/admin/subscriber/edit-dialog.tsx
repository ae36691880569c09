import { useQueryClient } from '@tanstack/react-query';
import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { api } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { LanguageSelect } from '#app/components/choices.tsx';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { MoneyInput } from '#app/components/money.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, Select } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { parseMoneyInput } from '#app/lib/money.ts';
import { amountField, integerField, optionalEmail, requiredAmount } from '#app/lib/schemas.ts';

const subscriberForm = z.object({
  displayName: z.string().trim().max(120),
  email: optionalEmail,
  language: z.enum(['en', 'es']),
  tariffId: z.string(),
  kind: z.enum(['prepaid', 'postpaid']),
  creditLimit: requiredAmount,
  dailyCap: amountField,
  maxCalls: integerField(1, 10_000),
  callerId: z
    .string()
    .trim()
    .regex(/^(\d{3,15})?$/, 'invalid.callerId'),
  recordCalls: z.boolean(),
});

/** Everything of a subscriber that is no password, group or money in the account. */
export function EditDialog({ subscriber, onClose }: { subscriber: Schema<'Subscriber'>; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const tariffs = api.useQuery('get', '/api/v1/tariffs').data?.items ?? [];
  const save = api.useMutation('patch', '/api/v1/subscribers/{id}');
  const form = useZodForm(subscriberForm, {
    displayName: subscriber.displayName,
    email: subscriber.email ?? '',
    language: subscriber.language,
    tariffId: String(subscriber.tariffId),
    kind: subscriber.kind,
    creditLimit: subscriber.creditLimit,
    dailyCap: subscriber.dailyCap ?? '',
    maxCalls: String(subscriber.maxCalls),
    callerId: subscriber.callerId ?? '',
    recordCalls: subscriber.recordCalls,
  });
  const { errors } = form.formState;
  const kind = form.watch('kind');

  const submit = form.handleSubmit(async (values) => {
    try {
      await save.mutateAsync({
        params: { path: { id: subscriber.id } },
        body: {
          displayName: values.displayName,
          email: values.email || null,
          language: values.language,
          tariffId: Number(values.tariffId),
          kind: values.kind,
          creditLimit: parseMoneyInput(values.creditLimit) ?? '0.00',
          dailyCap: parseMoneyInput(values.dailyCap) ?? null,
          maxCalls: Number(values.maxCalls),
          callerId: values.callerId || null,
          recordCalls: values.recordCalls,
        },
      });
      toast.success(t('ui.saved'));
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers'] });
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}'] });
      onClose();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('subscriber.edit')}
      description={subscriber.number}
      place="wide"
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="subscriber" busy={save.isPending}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="subscriber" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4 sm:grid-cols-2">
        <div className="empty:hidden sm:col-span-2">
          <FormProblem form={form} />
        </div>
        <Field label={t('subscriber.name')} error={errors.displayName?.message}>
          {(control) => <Input {...control} {...form.register('displayName')} />}
        </Field>
        <Field label={t('subscriber.email')} error={errors.email?.message} optional>
          {(control) => <Input {...control} {...form.register('email')} type="email" />}
        </Field>
        <Field label={t('shell.language')} error={errors.language?.message}>
          {(control) => <LanguageSelect {...control} {...form.register('language')} />}
        </Field>
        <Field label={t('rate.tariff')} error={errors.tariffId?.message}>
          {(control) => (
            <Select {...control} {...form.register('tariffId')} key={tariffs.length}>
              {tariffs.length === 0 && <option value={subscriber.tariffId}>{t('ui.loading')}</option>}
              {tariffs.map((tariff) => (
                <option key={tariff.id} value={tariff.id}>
                  {tariff.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t('money.kind')} error={errors.kind?.message}>
          {(control) => (
            <Select {...control} {...form.register('kind')}>
              <option value="prepaid">{t('money.kind.prepaid')}</option>
              <option value="postpaid">{t('money.kind.postpaid')}</option>
            </Select>
          )}
        </Field>
        {kind === 'postpaid' && (
          <Field label={t('money.creditLimit')} hint={t('money.creditLimitHint')} error={errors.creditLimit?.message} required>
            {(control) => <MoneyInput {...control} {...form.register('creditLimit')} />}
          </Field>
        )}
        <Field label={t('money.dailyCap')} hint={t('money.dailyCapHint')} error={errors.dailyCap?.message} optional>
          {(control) => <MoneyInput {...control} {...form.register('dailyCap')} />}
        </Field>
        <Field label={t('subscriber.maxCalls')} error={errors.maxCalls?.message} required>
          {(control) => <Input {...control} {...form.register('maxCalls')} inputMode="numeric" className="tnum" />}
        </Field>
        <Field label={t('subscriber.callerId')} hint={t('subscriber.callerIdHint')} error={errors.callerId?.message} optional>
          {(control) => <Input {...control} {...form.register('callerId')} inputMode="numeric" className="tnum" />}
        </Field>
        <div className="sm:col-span-2">
          <Controller
            control={form.control}
            name="recordCalls"
            render={({ field }) => (
              <Switch checked={field.value} onChange={field.onChange} label={t('subscriber.recordCalls')} hint={t('recording.hint')} />
            )}
          />
        </div>
      </form>
    </Dialog>
  );
}
