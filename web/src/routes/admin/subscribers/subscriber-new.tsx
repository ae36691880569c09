import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Controller } from 'react-hook-form';
import { useNavigate } from 'react-router';
import { z } from 'zod';
import { api } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { LanguageSelect } from '#app/components/choices.tsx';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { MoneyInput } from '#app/components/money.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { CopyButton } from '#app/components/ui/copy-button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput, Select } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { isZero, parseMoneyInput } from '#app/lib/money.ts';
import { amountField, optionalEmail } from '#app/lib/schemas.ts';
import { GroupBoxes } from '#app/routes/admin/subscribers/group-boxes.tsx';
import { groups } from '#app/routes/admin/subscribers/groups.ts';

const newSubscriber = z.object({
  number: z
    .string()
    .trim()
    .regex(/^(?!00)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'invalid.number'),
  displayName: z.string().trim(),
  email: optionalEmail,
  language: z.enum(['en', 'es']),
  sipPassword: z.string(),
  kind: z.enum(['prepaid', 'postpaid']),
  balance: amountField,
  creditLimit: amountField,
  groups: z.array(z.enum(groups as unknown as [string, ...string[]])),
});

export function SubscriberNew() {
  const texts = useTexts();
  const { t, language } = texts;
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = api.useMutation('post', '/api/v1/subscribers');
  const [created, setCreated] = useState<Schema<'CreatedSubscriber'> | null>(null);
  const form = useZodForm(newSubscriber, {
    number: '',
    displayName: '',
    email: '',
    language,
    sipPassword: '',
    kind: 'prepaid',
    balance: '',
    creditLimit: '',
    groups: ['local', 'voicemail'],
  });
  const { errors } = form.formState;
  const kind = form.watch('kind');

  const submit = form.handleSubmit(async (values) => {
    const balance = parseMoneyInput(values.balance);
    const creditLimit = parseMoneyInput(values.creditLimit);
    try {
      const answer = await create.mutateAsync({
        body: {
          number: values.number,
          displayName: values.displayName,
          email: values.email || null,
          language: values.language,
          kind: values.kind,
          groups: values.groups as Schema<'GroupList'>['groups'],
          ...(values.sipPassword ? { sipPassword: values.sipPassword } : {}),
          ...(balance && !isZero(balance) ? { balance } : {}),
          ...(values.kind === 'postpaid' && creditLimit ? { creditLimit } : {}),
        },
      });
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers'] });
      setCreated(answer);
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <>
      <PageHeader title={t('subscribers.add')} crumbs={[{ label: t('nav.subscribers'), to: '/admin/subscribers' }]} />
      <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-3xl gap-5">
        <FormProblem form={form} />
        <Card title={t('subscribers.person')}>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t('subscriber.number')} hint={t('subscribers.numberHint')} error={errors.number?.message} required>
              {(control) => <Input {...control} {...form.register('number')} className="tnum" autoComplete="off" autoFocus />}
            </Field>
            <Field label={t('subscriber.name')} error={errors.displayName?.message} optional>
              {(control) => <Input {...control} {...form.register('displayName')} autoComplete="off" />}
            </Field>
            <Field label={t('subscriber.email')} error={errors.email?.message} optional>
              {(control) => <Input {...control} {...form.register('email')} type="email" autoComplete="off" />}
            </Field>
            <Field label={t('shell.language')} error={errors.language?.message}>
              {(control) => <LanguageSelect {...control} {...form.register('language')} />}
            </Field>
            <Field label={t('device.sipPassword')} hint={t('subscribers.passwordHint')} error={errors.sipPassword?.message} optional>
              {(control) => <PasswordInput {...control} {...form.register('sipPassword')} autoComplete="new-password" />}
            </Field>
          </div>
        </Card>
        <Card title={t('nav.money')}>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t('money.kind')} error={errors.kind?.message}>
              {(control) => (
                <Select {...control} {...form.register('kind')}>
                  <option value="prepaid">{t('money.kind.prepaid')}</option>
                  <option value="postpaid">{t('money.kind.postpaid')}</option>
                </Select>
              )}
            </Field>
            <Field label={t('subscribers.opening')} error={errors.balance?.message} optional>
              {(control) => <MoneyInput {...control} {...form.register('balance')} />}
            </Field>
            {kind === 'postpaid' && (
              <Field label={t('money.creditLimit')} hint={t('money.creditLimitHint')} error={errors.creditLimit?.message}>
                {(control) => <MoneyInput {...control} {...form.register('creditLimit')} />}
              </Field>
            )}
          </div>
        </Card>
        <Card title={t('subscriber.groups')} text={t('subscribers.groupsText')}>
          <Controller
            control={form.control}
            name="groups"
            render={({ field }) => <GroupBoxes value={field.value} onChange={field.onChange} />}
          />
        </Card>
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={create.isPending}>
            {t('subscribers.add')}
          </Button>
          <ButtonLink look="quiet" to="/admin/subscribers">
            {t('ui.cancel')}
          </ButtonLink>
        </div>
      </form>
      <Dialog
        open={created !== null}
        onClose={() => created && void navigate(`/admin/subscribers/${created.subscriber.id}`, { replace: true })}
        title={t('subscribers.createdTitle', { number: created?.subscriber.number ?? '' })}
        description={t(created?.sipPassword ? 'subscribers.createdText' : 'subscribers.createdOwnPassword')}
        footer={
          <Button look="primary" onClick={() => created && void navigate(`/admin/subscribers/${created.subscriber.id}`, { replace: true })}>
            {t('subscribers.open')}
          </Button>
        }
      >
        {created?.sipPassword && (
          <p className="flex flex-wrap items-center gap-3">
            <span className="text-muted">{t('device.sipPassword')}</span>
            <code className="font-mono text-lg font-semibold break-all">{created.sipPassword}</code>
            <CopyButton text={created.sipPassword} name={t('device.sipPassword')} />
          </p>
        )}
        {created?.weakPassword && <p className="text-warn">{t('subscribers.weakPassword')}</p>}
      </Dialog>
    </>
  );
}
