import { useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput, Select, Textarea } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { integerField, optionalInteger } from '#app/lib/schemas.ts';

const dialString = z
  .string()
  .trim()
  .regex(/^\+?[0-9*#]{0,31}$/, 'invalid.dial');

const gatewayForm = z.object({
  name: z.string().trim().min(1, 'invalid.required'),
  enabled: z.boolean(),
  host: z.string().trim().min(1, 'invalid.required'),
  port: integerField(1, 65_535),
  transport: z.enum(['udp', 'tcp', 'tls']),
  tlsVerify: z.boolean(),
  prefix: dialString,
  strip: integerField(0, 31),
  add: dialString,
  priority: integerField(0, 1000),
  maxCalls: optionalInteger(1, 100_000),
  ringTimeout: integerField(5, 600),
  username: z.string().trim(),
  password: z.string(),
  register: z.boolean(),
  probe: z.boolean(),
  callerIdMode: z.enum(['from', 'p-asserted-identity', 'anonymous']),
  sources: z.string(),
  relayMedia: z.enum(['never', 'when-needed', 'always']),
  recordCalls: z.boolean(),
});

/** What a phone dials becomes this at the gateway: the rule made visible while it is typed. */
const sentNumber = (dialled: string, strip: string, add: string): string => `${add.trim()}${dialled.slice(Number(strip) || 0)}`;

export function GatewayDialog({ gateway, onClose }: { gateway: Schema<'Gateway'> | null; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const form = useZodForm(gatewayForm, {
    name: gateway?.name ?? '',
    enabled: gateway?.enabled ?? true,
    host: gateway?.host ?? '',
    port: String(gateway?.port ?? 5060),
    transport: gateway?.transport ?? 'udp',
    tlsVerify: gateway?.tlsVerify ?? true,
    prefix: gateway?.prefix ?? '00',
    strip: String(gateway?.strip ?? 0),
    add: gateway?.add ?? '',
    priority: String(gateway?.priority ?? 10),
    maxCalls: gateway?.maxCalls ? String(gateway.maxCalls) : '',
    ringTimeout: String(gateway?.ringTimeout ?? 60),
    username: gateway?.username ?? '',
    password: '',
    register: gateway?.register ?? false,
    probe: gateway?.probe ?? true,
    callerIdMode: gateway?.callerIdMode ?? 'from',
    sources: (gateway?.sources ?? []).join('\n'),
    relayMedia: gateway?.relayMedia ?? 'when-needed',
    recordCalls: gateway?.recordCalls ?? false,
  });
  const { errors, isSubmitting } = form.formState;
  const [prefix, strip, add] = form.watch(['prefix', 'strip', 'add']);
  const transport = form.watch('transport');
  const example = `${prefix.trim().replace(/^\+/, '00') || '00'}442071838750`;

  const done = async () => {
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/gateways'] });
    onClose();
  };

  const submit = form.handleSubmit(async ({ port, strip: s, priority, maxCalls, ringTimeout, password, username, sources, ...rest }) => {
    const body = {
      ...rest,
      port: Number(port),
      strip: Number(s),
      priority: Number(priority),
      maxCalls: maxCalls === '' ? null : Number(maxCalls),
      ringTimeout: Number(ringTimeout),
      username: username || null,
      sources: sources.split(/[\s,]+/).filter(Boolean),
      ...(password ? { password } : {}),
    };
    try {
      const { error, response } = gateway
        ? await http.PATCH('/api/v1/gateways/{id}', { params: { path: { id: gateway.id } }, body })
        : await http.POST('/api/v1/gateways', { body });
      if (!response.ok) throw error;
      toast.success(t('ui.saved'));
      await done();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  const erase = async () => {
    if (!gateway) return;
    const yes = await ask({
      title: t('gateway.deleteTitle', { name: gateway.name }),
      text: t('gateway.deleteText'),
      action: t('gateway.delete'),
      danger: true,
    });
    if (!yes) return;
    const { error, response } = await http.DELETE('/api/v1/gateways/{id}', { params: { path: { id: gateway.id } } });
    if (response.ok) await done();
    else toast.error(problemText(error, texts));
  };

  const toggle = (name: 'enabled' | 'register' | 'probe' | 'tlsVerify' | 'recordCalls', label: string, hint?: string) => (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => <Switch checked={field.value} onChange={field.onChange} label={label} hint={hint} />}
    />
  );

  return (
    <Dialog
      open
      onClose={onClose}
      place="wide"
      title={gateway ? gateway.name : t('gateway.add')}
      footer={
        <>
          {gateway && (
            <Button look="danger-quiet" icon={Trash2} onClick={() => void erase()} className="mr-auto">
              {t('gateway.delete')}
            </Button>
          )}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="gateway" busy={isSubmitting}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="gateway" onSubmit={(event) => void submit(event)} noValidate className="grid gap-5">
        <FormProblem form={form} />
        <div className="grid gap-4 sm:grid-cols-6">
          <Field label={t('gateway.name')} error={errors.name?.message} required className="sm:col-span-6">
            {(control) => <Input {...control} {...form.register('name')} autoComplete="off" autoFocus={!gateway} />}
          </Field>
          <Field label={t('gateway.host')} hint={t('gateway.hostHint')} error={errors.host?.message} required className="sm:col-span-3">
            {(control) => <Input {...control} {...form.register('host')} autoComplete="off" spellCheck={false} />}
          </Field>
          <Field label={t('gateway.port')} error={errors.port?.message} required className="sm:col-span-1">
            {(control) => <Input {...control} {...form.register('port')} inputMode="numeric" className="tnum" />}
          </Field>
          <Field label={t('gateway.transport')} error={errors.transport?.message} className="sm:col-span-2">
            {(control) => (
              <Select {...control} {...form.register('transport')}>
                <option value="udp">UDP</option>
                <option value="tcp">TCP</option>
                <option value="tls">TLS</option>
              </Select>
            )}
          </Field>
        </div>
        {transport === 'tls' && toggle('tlsVerify', t('gateway.tlsVerify'), t('gateway.tlsVerifyHint'))}
        <fieldset className="grid gap-4 rounded-lg border border-line p-4 sm:grid-cols-3">
          <legend className="px-1 font-display text-base font-semibold">{t('gateway.whichCalls')}</legend>
          <Field label={t('gateway.prefix')} hint={t('gateway.prefixHint')} error={errors.prefix?.message}>
            {(control) => <Input {...control} {...form.register('prefix')} className="tnum" />}
          </Field>
          <Field label={t('gateway.strip')} hint={t('gateway.stripHint')} error={errors.strip?.message}>
            {(control) => <Input {...control} {...form.register('strip')} inputMode="numeric" className="tnum" />}
          </Field>
          <Field label={t('gateway.addDigits')} hint={t('gateway.addHint')} error={errors.add?.message}>
            {(control) => <Input {...control} {...form.register('add')} className="tnum" />}
          </Field>
          <p className="rounded-md bg-sunken px-3 py-2 sm:col-span-3" aria-live="polite">
            {t('gateway.example')} <span className="tnum font-medium">{example}</span> →{' '}
            <span className="tnum font-medium">{sentNumber(example, strip, add)}</span>
          </p>
          <Field label={t('gateway.priority')} hint={t('gateway.priorityHint')} error={errors.priority?.message}>
            {(control) => <Input {...control} {...form.register('priority')} inputMode="numeric" className="tnum" />}
          </Field>
          <Field label={t('gateway.maxCalls')} error={errors.maxCalls?.message} optional>
            {(control) => <Input {...control} {...form.register('maxCalls')} inputMode="numeric" className="tnum" />}
          </Field>
          <Field label={t('gateway.ringTimeout')} error={errors.ringTimeout?.message}>
            {(control) => <Input {...control} {...form.register('ringTimeout')} inputMode="numeric" className="tnum" />}
          </Field>
        </fieldset>
        <fieldset className="grid gap-4 rounded-lg border border-line p-4 sm:grid-cols-2">
          <legend className="px-1 font-display text-base font-semibold">{t('gateway.account')}</legend>
          <Field label={t('device.username')} error={errors.username?.message} optional>
            {(control) => <Input {...control} {...form.register('username')} autoComplete="off" />}
          </Field>
          <Field
            label={t('login.password')}
            hint={gateway?.hasPassword ? t('gateway.passwordKept') : undefined}
            error={errors.password?.message}
            optional
          >
            {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
          </Field>
          {toggle('register', t('gateway.register'), t('gateway.registerHint'))}
          <Field label={t('gateway.callerId')} error={errors.callerIdMode?.message}>
            {(control) => (
              <Select {...control} {...form.register('callerIdMode')}>
                <option value="from">{t('gateway.callerId.from')}</option>
                <option value="p-asserted-identity">{t('gateway.callerId.pai')}</option>
                <option value="anonymous">{t('gateway.callerId.anonymous')}</option>
              </Select>
            )}
          </Field>
        </fieldset>
        <Field label={t('gateway.sources')} hint={t('gateway.sourcesHint')} error={errors.sources?.message} optional>
          {(control) => <Textarea {...control} {...form.register('sources')} rows={2} className="font-mono" spellCheck={false} />}
        </Field>
        <Field label={t('gateway.relayMedia')} hint={t('gateway.relayMediaHint')} error={errors.relayMedia?.message}>
          {(control) => (
            <Select {...control} {...form.register('relayMedia')}>
              {(['when-needed', 'always', 'never'] as const).map((policy) => (
                <option key={policy} value={policy}>
                  {t(`gateway.relayMedia.${policy}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {toggle('recordCalls', t('gateway.recordCalls'), t('recording.hint'))}
        {toggle('probe', t('gateway.probe'), t('gateway.probeHint'))}
        {toggle('enabled', t('gateway.enabled'), t('gateway.enabledHint'))}
      </form>
    </Dialog>
  );
}
