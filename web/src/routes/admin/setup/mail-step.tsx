import { Send } from 'lucide-react';
import { useState } from 'react';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput, Select } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { type Texts, useTexts } from '#app/i18n/index.ts';
import { optionalEmail, optionalInteger } from '#app/lib/schemas.ts';
import { smtpServer, smtpUrl } from '#app/routes/admin/setup/smtp-url.ts';
import type { StepProps } from '#app/routes/admin/setup/steps.ts';
import { useSettings } from '#app/routes/admin/setup/use-settings.ts';
import { useSession } from '#app/session/session.ts';

const mailForm = z.object({
  host: z.string().trim().min(1, 'invalid.required'),
  port: optionalInteger(1, 65_535),
  security: z.enum(['tls', 'starttls']),
  user: z.string().trim(),
  password: z.string(),
  mailFrom: optionalEmail,
  testTo: z.email('invalid.email'),
});

/** The mail server, and a mail that is really sent through it before the step is taken. */
export function MailStep({ onDone }: StepProps) {
  const texts = useTexts();
  const { query, settings, save } = useSettings();
  if (settings) return <MailForm settings={settings} save={save} onDone={onDone} />;
  return query.error ? <Notice tone="bad">{problemText(query.error, texts)}</Notice> : <LoadingBlock />;
}

type Result = { tone: 'ok' | 'bad'; title: string; text?: string };

function MailForm({
  settings,
  save,
  onDone,
}: StepProps & { settings: Schema<'Settings'>; save: (changes: Schema<'SettingsPatch'>) => Promise<void> }) {
  const texts = useTexts();
  const { t, language } = texts;
  const form = useZodForm(mailForm, {
    ...smtpServer(settings.smtpUrl),
    mailFrom: settings.mailFrom ?? '',
    testTo: useSession()?.email ?? '',
  });
  const { errors, isSubmitting } = form.formState;
  const [result, setResult] = useState<Result | null>(null);

  const submit = form.handleSubmit(async ({ mailFrom, testTo, ...server }) => {
    setResult(null);
    try {
      await save({ smtpUrl: smtpUrl(server, settings.smtpUrl !== null), mailFrom: mailFrom || null });
      const { data, error } = await http.POST('/api/v1/settings/test-mail', { body: { to: testTo, language } });
      if (!data) throw error;
      setResult(resultOf(await settled(data), texts));
    } catch (error) {
      showProblem(form, error, texts, { smtpUrl: 'host' });
    }
  });

  return (
    <form className="grid max-w-2xl gap-5" noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem form={form} />
      <div className="grid gap-4 sm:grid-cols-6">
        <Field label={t('wizard.smtpHost')} error={errors.host?.message} required className="sm:col-span-3">
          {(control) => <Input {...control} {...form.register('host')} autoComplete="off" autoCapitalize="none" spellCheck={false} />}
        </Field>
        <Field label={t('wizard.smtpSecurity')} className="sm:col-span-2">
          {(control) => (
            <Select {...control} {...form.register('security')}>
              <option value="starttls">{t('wizard.starttls')}</option>
              <option value="tls">{t('wizard.tls')}</option>
            </Select>
          )}
        </Field>
        <Field label={t('gateway.port')} error={errors.port?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('port')}
              inputMode="numeric"
              className="tnum"
              placeholder={form.watch('security') === 'tls' ? '465' : '587'}
            />
          )}
        </Field>
        <Field label={t('wizard.smtpUser')} error={errors.user?.message} optional className="sm:col-span-3">
          {(control) => <Input {...control} {...form.register('user')} autoComplete="off" autoCapitalize="none" />}
        </Field>
        <Field
          label={t('login.password')}
          hint={settings.smtpUrl?.includes(':***@') ? t('gateway.passwordKept') : undefined}
          error={errors.password?.message}
          optional
          className="sm:col-span-3"
        >
          {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
        </Field>
        <Field label={t('setting.mailFrom')} error={errors.mailFrom?.message} optional className="sm:col-span-3">
          {(control) => <Input {...control} {...form.register('mailFrom')} type="email" />}
        </Field>
        <Field label={t('wizard.testTo')} hint={t('wizard.testToHint')} error={errors.testTo?.message} required className="sm:col-span-3">
          {(control) => <Input {...control} {...form.register('testTo')} type="email" autoComplete="email" />}
        </Field>
      </div>
      {result && (
        <Notice tone={result.tone} title={result.title}>
          {result.text}
        </Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look={result?.tone === 'ok' ? 'plain' : 'primary'} icon={Send} busy={isSubmitting}>
          {t('wizard.sendTest')}
        </Button>
        {result?.tone === 'ok' && (
          <Button look="primary" onClick={() => void onDone()}>
            {t('ui.next')}
          </Button>
        )}
      </div>
    </form>
  );
}

/** The delivery under way may be another one: the state of our mail is asked for until it is known. */
async function settled(mail: Schema<'OutboxMail'>): Promise<Schema<'OutboxMail'>> {
  let seen = mail;
  for (let i = 0; i < 40 && seen.state === 'queued' && seen.attempts === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { data } = await http.GET('/api/v1/outbox/{id}', { params: { path: { id: mail.id } } });
    if (data) seen = data;
  }
  return seen;
}

function resultOf(mail: Schema<'OutboxMail'>, { t }: Pick<Texts, 't'>): Result {
  if (mail.state === 'sent') return { tone: 'ok', title: t('wizard.testSent', { to: mail.to }), text: t('wizard.testSentText') };
  const error = mail.lastError ?? '';
  return { tone: 'bad', title: t(mailFault(error)), text: error };
}

/** What commonly goes wrong, in words; what the mail server said stands below. */
function mailFault(error: string) {
  if (/ENOTFOUND|EAI_AGAIN|getaddrinfo|EDNS/i.test(error)) return 'wizard.mailNoHost' as const;
  if (/ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timeout/i.test(error)) return 'wizard.mailNoAnswer' as const;
  if (/Invalid login|EAUTH|authenticat|\b535\b/i.test(error)) return 'wizard.mailLogin' as const;
  if (/certificate|self.signed|SSL|TLS|wrong version/i.test(error)) return 'wizard.mailTls' as const;
  return 'wizard.mailRefused' as const;
}
