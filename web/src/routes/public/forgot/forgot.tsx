import { useState } from 'react';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { FrontCard } from '#app/routes/public/front-card.tsx';
import { useInfo } from '#app/session/session.ts';

const request = z.object({ login: z.string().trim().min(1, 'invalid.required') });

export function Forgot() {
  const texts = useTexts();
  const { t } = texts;
  const sendsMail = useInfo()?.sendsMail ?? true;
  const [done, setDone] = useState(false);
  const form = useZodForm(request, { login: '' });

  const submit = form.handleSubmit(async (values) => {
    try {
      const { error, response } = await http.POST('/api/v1/password-resets', { body: values });
      if (!response.ok) throw error;
      setDone(true);
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  if (done)
    return (
      <FrontCard title={t(sendsMail ? 'forgot.doneTitle' : 'mail.noneTitle')} text={t(sendsMail ? 'forgot.doneText' : 'mail.noneText')}>
        <ButtonLink to="/login">{t('forgot.backToLogin')}</ButtonLink>
      </FrontCard>
    );
  return (
    <FrontCard title={t('forgot.title')} text={t('forgot.text')}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <FormProblem form={form} />
        <Field label={t('login.login')} error={form.formState.errors.login?.message} required>
          {(control) => <Input {...control} {...form.register('login')} autoComplete="username" autoCapitalize="none" autoFocus />}
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" busy={form.formState.isSubmitting}>
            {t('forgot.submit')}
          </Button>
          <ButtonLink look="quiet" to="/login">
            {t('forgot.backToLogin')}
          </ButtonLink>
        </div>
      </form>
    </FrontCard>
  );
}
