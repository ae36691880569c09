import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { CopyButton } from '#app/components/ui/copy-button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { PasswordInput } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

const sip = z.object({ password: z.string() });
const portal = z.object({ password: z.string().min(10, 'invalid.passwordShort') });

export interface PasswordDialogProps {
  subscriber: { id: number; number: string };
  which: 'sip-password' | 'portal-password';
  onClose: () => void;
}

/** A new password for the phone (made and shown once, or given) or for the pages. */
export function PasswordDialog({ subscriber, which, onClose }: PasswordDialogProps) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const isSip = which === 'sip-password';
  const [shown, setShown] = useState<string | null>(null);
  const form = useZodForm(isSip ? sip : portal, { password: '' });
  const params = { path: { id: subscriber.id } };

  const submit = form.handleSubmit(async ({ password }) => {
    try {
      if (isSip) {
        const { data, error } = await http.POST('/api/v1/subscribers/{id}/sip-password', { params, body: password ? { password } : {} });
        if (!data) throw error;
        if (data.sipPassword) {
          setShown(data.sipPassword);
          return;
        }
      } else {
        const { error, response } = await http.POST('/api/v1/subscribers/{id}/portal-password', { params, body: { password } });
        if (!response.ok) throw error;
      }
      toast.success(t('ui.saved'));
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}'] });
      onClose();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <Dialog
      open
      onClose={onClose}
      sticky={shown !== null}
      title={t(isSip ? 'subscriber.sipPassword' : 'subscriber.portalPassword')}
      description={subscriber.number}
      footer={
        shown ? (
          <Button look="primary" onClick={onClose}>
            {t('ui.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button look="primary" type="submit" form="password" busy={form.formState.isSubmitting}>
              {t('subscriber.changePassword')}
            </Button>
          </>
        )
      }
    >
      {shown ? (
        <div className="grid gap-3">
          <p className="text-muted">{t('subscriber.shownOnce')}</p>
          <p className="flex flex-wrap items-center gap-3 rounded-lg border border-brass-bright bg-brass-soft px-4 py-3">
            <code className="font-mono text-lg font-semibold break-all">{shown}</code>
            <CopyButton text={shown} name={t('device.sipPassword')} />
          </p>
        </div>
      ) : (
        <form id="password" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
          <FormProblem form={form} />
          {isSip && <Notice tone="warn">{t('subscriber.sipPasswordWarning')}</Notice>}
          <Field
            label={t(isSip ? 'device.sipPassword' : 'login.password')}
            hint={t(isSip ? 'subscribers.passwordHint' : 'reset.hint')}
            error={form.formState.errors.password?.message}
            optional={isSip}
          >
            {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
          </Field>
        </form>
      )}
    </Dialog>
  );
}
