import { useNavigate } from 'react-router';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { PasswordInput } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useLinkToken } from '#app/lib/token.ts';
import { FrontCard } from '#app/routes/public/front-card.tsx';

const reset = z
  .object({ password: z.string().min(10, 'invalid.passwordShort'), again: z.string() })
  .refine((values) => values.password === values.again, { path: ['again'], error: 'invalid.passwordDiffers' });

export function Reset() {
  const texts = useTexts();
  const { t } = texts;
  const navigate = useNavigate();
  const token = useLinkToken();
  const form = useZodForm(reset, { password: '', again: '' });
  const { errors, isSubmitting } = form.formState;

  if (!token)
    return (
      <FrontCard title={t('reset.title')}>
        <Notice tone="warn" actions={<ButtonLink to="/login">{t('forgot.backToLogin')}</ButtonLink>}>
          {t('reset.badLink')}
        </Notice>
      </FrontCard>
    );

  const submit = form.handleSubmit(async ({ password }) => {
    try {
      const { error, response } = await http.POST('/api/v1/password-resets/confirm', { body: { token, password } });
      if (!response.ok) throw error;
      toast.success(t('reset.done'));
      await navigate('/login', { replace: true });
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <FrontCard title={t('reset.title')}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <FormProblem form={form} />
        <Field label={t('reset.password')} hint={t('reset.hint')} error={errors.password?.message} required>
          {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" autoFocus />}
        </Field>
        <Field label={t('reset.again')} error={errors.again?.message} required>
          {(control) => <PasswordInput {...control} {...form.register('again')} autoComplete="new-password" />}
        </Field>
        <Button type="submit" look="primary" size="lg" busy={isSubmitting}>
          {t('reset.submit')}
        </Button>
      </form>
    </FrontCard>
  );
}
