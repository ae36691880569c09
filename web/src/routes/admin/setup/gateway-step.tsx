import { useState } from 'react';
import { z } from 'zod';
import { api, http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { GatewayLight, gatewayFault } from '#app/components/gateway-status.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput, Select } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { integerField } from '#app/lib/schemas.ts';
import { SaveButton } from '#app/routes/admin/setup/company-steps.tsx';
import type { StepProps } from '#app/routes/admin/setup/steps.ts';

const gatewayForm = z.object({
  name: z.string().trim().min(1, 'invalid.required'),
  host: z.string().trim().min(1, 'invalid.required'),
  port: integerField(1, 65_535),
  transport: z.enum(['udp', 'tcp', 'tls']),
  username: z.string().trim(),
  password: z.string(),
});

/** The first gateway, with what it answered. Everything else about it has its own page. */
export function GatewayStep({ onDone }: StepProps) {
  const texts = useTexts();
  const { t } = texts;
  const list = api.useQuery('get', '/api/v1/gateways', {}, { refetchInterval: 2000 });
  const [id, setId] = useState<number | null>(null);
  const form = useZodForm(gatewayForm, { name: '', host: '', port: '5060', transport: 'udp', username: '', password: '' });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ port, username, password, ...rest }) => {
    try {
      const account = username === '' ? {} : { username, password, register: true };
      const body = { ...rest, port: Number(port), prefix: '00', probe: true, ...account };
      const { data, error } = await http.POST('/api/v1/gateways', { body });
      if (!data) throw error;
      setId(data.id);
      await list.refetch();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  const shown = id === null ? list.data?.items : list.data?.items.filter((each) => each.id === id);
  if (shown && shown.length > 0) {
    return (
      <div className="grid max-w-2xl gap-4">
        {shown.map((gateway) => (
          <div key={gateway.id} className="grid gap-2">
            <p className="flex flex-wrap items-center justify-between gap-3">
              <span>
                <span className="font-medium">{gateway.name}</span>{' '}
                <span className="font-mono text-xs text-muted">{`${gateway.transport}:${gateway.host}:${gateway.port}`}</span>
              </span>
              <GatewayLight status={gateway.status} />
            </p>
            <Answer status={gateway.status} probed={gateway.probe} />
          </div>
        ))}
        <div className="flex flex-wrap gap-2">
          <Button look="primary" onClick={() => void onDone()}>
            {t('ui.next')}
          </Button>
          <ButtonLink to="/admin/gateways">{t('wizard.gatewayPage')}</ButtonLink>
        </div>
      </div>
    );
  }
  return (
    <form className="grid max-w-2xl gap-5" noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem form={form} />
      <div className="grid gap-4 sm:grid-cols-6">
        <Field label={t('gateway.name')} error={errors.name?.message} required className="sm:col-span-6">
          {(control) => <Input {...control} {...form.register('name')} autoComplete="off" />}
        </Field>
        <Field label={t('gateway.host')} hint={t('gateway.hostHint')} error={errors.host?.message} required className="sm:col-span-3">
          {(control) => <Input {...control} {...form.register('host')} autoComplete="off" autoCapitalize="none" spellCheck={false} />}
        </Field>
        <Field label={t('gateway.port')} error={errors.port?.message} required>
          {(control) => <Input {...control} {...form.register('port')} inputMode="numeric" className="tnum" />}
        </Field>
        <Field label={t('gateway.transport')} className="sm:col-span-2">
          {(control) => (
            <Select
              {...control}
              {...form.register('transport', {
                onChange: (event: { target: { value: string } }) => {
                  const { port } = form.getValues();
                  if (port === '5060' || port === '5061') form.setValue('port', event.target.value === 'tls' ? '5061' : '5060');
                },
              })}
            >
              <option value="udp">UDP</option>
              <option value="tcp">TCP</option>
              <option value="tls">TLS</option>
            </Select>
          )}
        </Field>
        <Field
          label={t('device.username')}
          hint={t('wizard.gatewayUserHint')}
          error={errors.username?.message}
          optional
          className="sm:col-span-3"
        >
          {(control) => <Input {...control} {...form.register('username')} autoComplete="off" autoCapitalize="none" />}
        </Field>
        <Field label={t('login.password')} error={errors.password?.message} optional className="sm:col-span-3">
          {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
        </Field>
      </div>
      <SaveButton busy={isSubmitting} label={t('wizard.gatewayTry')} />
    </form>
  );
}

function Answer({
  status,
  probed,
}: {
  status: { state: string; rttMs: number | null; lastError: string | null; registration: string };
  probed: boolean;
}) {
  const { t } = useTexts();
  if (status.lastError) return <Notice tone="bad">{gatewayFault(status.lastError, t)}</Notice>;
  if (status.registration === 'registered') return <Notice tone="ok">{t('wizard.gatewayRegistered')}</Notice>;
  if (status.state === 'up') return <Notice tone="ok">{t('wizard.gatewayAnswers', { ms: Math.round(status.rttMs ?? 0) })}</Notice>;
  return <Notice>{t(probed ? 'wizard.gatewayAsked' : 'wizard.gatewayNotAsked')}</Notice>;
}
