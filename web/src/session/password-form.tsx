import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { PasswordInput } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

const change = z
  .object({
    current: z.string().min(1, 'invalid.required'),
    password: z.string().min(10, 'invalid.passwordShort'),
    again: z.string(),
  })
  .refine((values) => values.password === values.again, { path: ['again'], error: 'invalid.passwordDiffers', when: () => true });

/** Changes the own password for these pages. */
export function PasswordForm() {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(change, { current: '', password: '', again: '' });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ current, password }) => {
    try {
      const { error, response } = await http.POST('/api/v1/me/password', { body: { current, password } });
      if (!response.ok) throw error;
      form.reset();
      toast.success(t('password.changed'));
    } catch (error) {
      showProblem(form, error, texts);
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <FormProblem form={form} />
      <Field label={t('password.current')} error={errors.current?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('current')} autoComplete="current-password" />}
      </Field>
      <Field label={t('reset.password')} hint={t('reset.hint')} error={errors.password?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
      </Field>
      <Field label={t('reset.again')} error={errors.again?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('again')} autoComplete="new-password" />}
      </Field>
      <div>
        <Button type="submit" look="primary" busy={isSubmitting}>
          {t('password.change')}
        </Button>
      </div>
    </form>
  );
}
