import { useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { api, http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { PasswordInput } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { SaveButton } from '#app/routes/admin/setup/company-steps.tsx';
import type { StepProps } from '#app/routes/admin/setup/steps.ts';

const passphraseForm = z
  .object({ passphrase: z.string().min(12, 'wizard.passphraseShort'), again: z.string() })
  .refine((values) => values.passphrase === values.again, { path: ['again'], error: 'wizard.passphraseDiffers', when: () => true });

/** The passphrase of the encrypted backups, typed twice: from then on there is one each night. */
export function BackupStep({ onDone }: StepProps) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const plan = api.useQuery('get', '/api/v1/backups/plan');
  const form = useZodForm(passphraseForm, { passphrase: '', again: '' });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ passphrase }) => {
    try {
      const { error, response } = await http.PUT('/api/v1/backups/passphrase', { body: { passphrase } });
      if (!response.ok) throw error;
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/backups/plan'] });
      await onDone();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });
  if (plan.data?.passphrase) {
    return (
      <div className="grid max-w-xl gap-4">
        <Notice tone="ok">{t('wizard.passphraseSet')}</Notice>
        <div className="flex flex-wrap gap-2">
          <Button look="primary" onClick={() => void onDone()}>
            {t('ui.next')}
          </Button>
          <ButtonLink to="/admin/backups">{t('wizard.backupPage')}</ButtonLink>
        </div>
      </div>
    );
  }
  return (
    <form className="grid max-w-xl gap-5" noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem form={form} />
      <Notice tone="warn">{t('wizard.passphraseWarning')}</Notice>
      <Field label={t('wizard.passphrase')} hint={t('wizard.passphraseHint')} error={errors.passphrase?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('passphrase')} autoComplete="new-password" />}
      </Field>
      <Field label={t('wizard.passphraseAgain')} error={errors.again?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('again')} autoComplete="new-password" />}
      </Field>
      <SaveButton busy={isSubmitting} />
    </form>
  );
}
