import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import type { Me } from '#app/session/session.ts';

const login = z.object({ login: z.string().trim().min(1, 'invalid.required'), password: z.string().min(1, 'invalid.required') });

export function LoginForm({ onDone, startWith = '' }: { onDone: (me: Me) => void; startWith?: string }) {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(login, { login: startWith, password: '' });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    try {
      const { data, error } = await http.POST('/api/v1/session', { body: values });
      if (!data) throw error;
      onDone(data);
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
      <FormProblem form={form} />
      <Field label={t('login.login')} error={errors.login?.message} hint={t('login.loginHint')} required>
        {(control) => (
          <Input {...control} {...form.register('login')} autoComplete="username" autoCapitalize="none" autoFocus={startWith === ''} />
        )}
      </Field>
      <Field label={t('login.password')} error={errors.password?.message} required>
        {(control) => (
          <PasswordInput {...control} {...form.register('password')} autoComplete="current-password" autoFocus={startWith !== ''} />
        )}
      </Field>
      <Button type="submit" look="primary" size="lg" busy={isSubmitting}>
        {t('login.submit')}
      </Button>
    </form>
  );
}
