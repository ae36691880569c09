import { useState } from 'react';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';

const change = z.object({
  email: z.string().trim().pipe(z.email('invalid.email')),
  password: z.string().min(1, 'invalid.required'),
});

/** A new e-mail address: asked for with the password, and his when he opens the link that is sent to it. */
export function EmailChange({ email }: { email: string | null }) {
  const texts = useTexts();
  const { t } = texts;
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useZodForm(change, { email: '', password: '' });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    setSentTo(null);
    try {
      const { error, response } = await http.POST('/api/v1/me/email-changes', { body: values });
      if (!response.ok) throw error;
      setSentTo(values.email);
      form.reset();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <Card className="max-w-xl" title={t('subscriber.email')} text={email ? t('emailChange.now', { email }) : t('emailChange.none')}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        {sentTo && <Notice tone="ok">{t('emailChange.sent', { email: sentTo })}</Notice>}
        <Field label={t('emailChange.new')} hint={t('emailChange.hint')} error={errors.email?.message} required>
          {(control) => <Input {...control} {...form.register('email')} type="email" autoComplete="email" />}
        </Field>
        <Field label={t('login.password')} error={errors.password?.message} required>
          {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="current-password" />}
        </Field>
        <div>
          <Button type="submit" busy={isSubmitting}>
            {t('emailChange.submit')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
