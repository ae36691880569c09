import { useState } from 'react';
import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, Textarea } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { optionalEmail } from '#app/lib/schemas.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';

const orderForm = z.object({
  names: z.string().trim().min(1, 'invalid.required'),
  email: optionalEmail,
  directoryUrl: z.string().trim().min(1, 'invalid.required'),
  termsAccepted: z.boolean().refine((accepted) => accepted, 'invalid.terms'),
});

const tones = { ok: 'ok', warning: 'warn', failed: 'bad' } as const;

/** A certificate that everybody trusts, for a public name, from an authority such as Let's Encrypt. */
export function OrderCertificate({ state, onChanged }: { state: Schema<'CertificatesState'>; onChanged: () => Promise<void> }) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const { acme } = state;
  const [termsUrl, setTermsUrl] = useState<string | null>(null);
  const form = useZodForm(orderForm, {
    names: acme.names.join('\n'),
    email: acme.email ?? '',
    directoryUrl: acme.directoryUrl,
    termsAccepted: acme.termsAccepted,
  });
  const { errors } = form.formState;

  const submit = form.handleSubmit(async ({ names, email, directoryUrl }) => {
    try {
      const body = {
        names: names.split(/[\s,]+/).filter(Boolean),
        email: email === '' ? null : email,
        directoryUrl,
        termsAccepted: true as const,
      };
      const { error, response } = await http.PUT('/api/v1/certificates/acme', { body });
      if (!response.ok) throw error;
      toast.success(t('cert.ordered'));
      await onChanged();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  const showTerms = async () => {
    const { data, error } = await http.GET('/api/v1/certificates/acme/terms');
    if (data) setTermsUrl(data.url ?? form.getValues('directoryUrl'));
    else toast.error(problemText(error, texts));
  };

  const stop = async () => {
    const yes = await ask({ title: t('cert.stopTitle'), text: t('cert.stopText'), action: t('cert.stop'), danger: true });
    if (!yes) return;
    const { error, response } = await http.DELETE('/api/v1/certificates/acme');
    if (!response.ok) toast.error(problemText(error, texts));
    form.reset({ ...form.getValues(), names: '', termsAccepted: false });
    await onChanged();
  };

  return (
    <Card title={t('cert.orderTitle')} text={t('cert.orderText')}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        {acme.lastRun && acme.names.length > 0 && !acme.running && (
          <Notice tone={tones[acme.lastRun.result]}>
            {serverSentence(acme.lastRun.message, texts)}{' '}
            <span className="text-xs text-muted">
              <When at={acme.lastRun.at} />
            </span>
          </Notice>
        )}
        {acme.running && <Notice>{t('cert.running')}</Notice>}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('cert.publicNames')} hint={t('cert.publicNamesHint')} error={errors.names?.message} required>
            {(control) => (
              <Textarea
                {...control}
                {...form.register('names')}
                rows={2}
                className="font-mono"
                spellCheck={false}
                placeholder="phone.example.org"
              />
            )}
          </Field>
          <Field label={t('cert.email')} hint={t('cert.emailHint')} error={errors.email?.message} optional>
            {(control) => <Input {...control} {...form.register('email')} type="email" autoComplete="off" />}
          </Field>
          <Field label={t('cert.directory')} hint={t('cert.directoryHint')} error={errors.directoryUrl?.message} className="sm:col-span-2">
            {(control) => (
              <Input {...control} {...form.register('directoryUrl')} className="font-mono" autoComplete="off" spellCheck={false} />
            )}
          </Field>
        </div>
        <div>
          <Controller
            control={form.control}
            name="termsAccepted"
            render={({ field }) => (
              <Checkbox
                checked={field.value}
                onChange={field.onChange}
                label={t('cert.acceptTerms')}
                invalid={errors.termsAccepted !== undefined}
              />
            )}
          />
          <p className="mt-1 pl-8 text-sm">
            {termsUrl ? (
              <a href={termsUrl} target="_blank" rel="noreferrer" className="break-all text-primary underline">
                {termsUrl}
              </a>
            ) : (
              <Button look="link" size="inline" onClick={() => void showTerms()}>
                {t('cert.whereTerms')}
              </Button>
            )}
          </p>
          {errors.termsAccepted && <p className="mt-1 pl-8 text-sm text-bad">{t('invalid.terms')}</p>}
        </div>
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="primary" busy={form.formState.isSubmitting || acme.running}>
            {t('cert.order')}
          </Button>
          {acme.names.length > 0 && (
            <Button look="danger-quiet" onClick={() => void stop()}>
              {t('cert.stop')}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}
