import { z } from 'zod';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';

interface ProofProps {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  onClose: () => void;
  /** Throws what the server refused. */
  send: (proof: Schema<'SecondFactorProof'>) => Promise<void>;
}

const proof = z.object({ password: z.string().min(1, 'invalid.required'), code: z.string().trim().min(1, 'invalid.required') });

/** Asks for the password and a code before the second factor is changed. */
export function ProofDialog({ title, text, action, danger = false, onClose, send }: ProofProps) {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(proof, { password: '', code: '' });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit((values) => send(values).catch((error: unknown) => showProblem(form, error, texts)));
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={text}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look={danger ? 'danger' : 'primary'} type="submit" form="proof" busy={isSubmitting}>
            {action}
          </Button>
        </>
      }
    >
      <form id="proof" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <Field label={t('password.current')} error={errors.password?.message} required>
          {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="current-password" autoFocus />}
        </Field>
        <Field label={t('factor.codeOrRecovery')} error={errors.code?.message} required>
          {(control) => (
            <Input {...control} {...form.register('code')} className="font-mono" autoComplete="one-time-code" spellCheck={false} />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
