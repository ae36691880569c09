import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Controller } from 'react-hook-form';
import { Link, Navigate } from 'react-router';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { FrontCard } from '#app/routes/public/front-card.tsx';
import { infoQuery } from '#app/session/session.ts';

const fields = {
  name: z.string().trim().min(1, 'invalid.required'),
  email: z.string().trim().pipe(z.email('invalid.email')),
  password: z.string().min(10, 'invalid.passwordShort'),
};
const withTerms = z.object({ ...fields, acceptTerms: z.boolean().refine((yes) => yes, 'invalid.terms') });
const withoutTerms = z.object({ ...fields, acceptTerms: z.boolean() });

export function Signup() {
  const { t, language } = useTexts();
  const info = useQuery(infoQuery).data;
  const [sentTo, setSentTo] = useState<string | null>(null);

  if (!info)
    return (
      <FrontCard title={t('signup.title')}>
        <LoadingBlock />
      </FrontCard>
    );
  if (info.setupNeeded) return <Navigate to="/setup" replace />;
  const login = (
    <p className="mt-5">
      <Link to="/login" className="inline-flex min-h-6 items-center text-primary underline underline-offset-4">
        {t('signup.haveAccount')}
      </Link>
    </p>
  );
  if (info.signupPolicy === 'closed')
    return (
      <FrontCard title={t('signup.closedTitle')} text={t('signup.closedText')}>
        {login}
      </FrontCard>
    );
  if (sentTo)
    return (
      <FrontCard
        title={t(info.sendsMail ? 'signup.sentTitle' : 'mail.noneTitle')}
        text={info.sendsMail ? t('signup.sentText', { email: sentTo }) : undefined}
      >
        <p className="text-muted" role="status">
          {t(info.sendsMail ? 'signup.sentAgain' : 'mail.noneText')}
        </p>
      </FrontCard>
    );
  return (
    <FrontCard title={t('signup.title')} text={t(info.signupPolicy === 'approval' ? 'signup.approvalText' : 'signup.text')}>
      <SignupForm terms={info.terms[language] || info.terms.en} onSent={setSentTo} />
      {login}
    </FrontCard>
  );
}

function SignupForm({ terms, onSent }: { terms: string; onSent: (email: string) => void }) {
  const texts = useTexts();
  const { t, language } = texts;
  const form = useZodForm(terms ? withTerms : withoutTerms, { name: '', email: '', password: '', acceptTerms: false });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    try {
      const { error, response } = await http.POST('/api/v1/signups', { body: { ...values, language } });
      if (!response.ok) throw error;
      onSent(values.email);
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
      <FormProblem form={form} />
      <Field label={t('signup.name')} error={errors.name?.message} required>
        {(control) => <Input {...control} {...form.register('name')} autoComplete="name" />}
      </Field>
      <Field label={t('signup.email')} hint={t('signup.emailHint')} error={errors.email?.message} required>
        {(control) => <Input {...control} {...form.register('email')} type="email" autoComplete="email" />}
      </Field>
      <Field label={t('signup.password')} hint={t('signup.passwordHint')} error={errors.password?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
      </Field>
      {terms && (
        <div className="grid gap-2">
          <details className="rounded-md border border-line bg-raised">
            <summary className="min-h-9 px-3 py-2 font-medium">{t('signup.termsShow')}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard */}
            <div className="max-h-56 overflow-y-auto border-t border-line px-3 py-2 text-sm whitespace-pre-line" tabIndex={0}>
              {terms}
            </div>
          </details>
          <Controller
            control={form.control}
            name="acceptTerms"
            render={({ field }) => (
              <Checkbox
                checked={field.value}
                onChange={field.onChange}
                label={t('signup.terms')}
                invalid={errors.acceptTerms !== undefined}
              />
            )}
          />
          {errors.acceptTerms && (
            <p role="alert" className="text-bad">
              {t('invalid.terms')}
            </p>
          )}
        </div>
      )}
      <Button type="submit" look="primary" size="lg" busy={isSubmitting}>
        {t('signup.submit')}
      </Button>
    </form>
  );
}
