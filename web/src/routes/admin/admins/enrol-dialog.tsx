import { QRCodeSVG } from 'qrcode.react';
import { useState } from 'react';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { CopyValue } from '#app/components/ui/copy-button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { PasswordInput } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { CodeInput } from '#app/session/code-input.tsx';

type Enrolment = Schema<'SecondFactorEnrolment'>;

interface EnrolProps {
  onClose: () => void;
  /** @param codes the recovery codes, which the server shows this once */
  onDone: (codes: readonly string[]) => void;
}

/** Password, QR code, first code. */
export function EnrolDialog({ onClose, onDone }: EnrolProps) {
  const { t } = useTexts();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('factor.enrolTitle')}
      description={t(enrolment ? 'factor.scanText' : 'factor.passwordText')}
      sticky={enrolment !== null}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="enrol" busy={busy}>
            {t(enrolment ? 'factor.switchOn' : 'factor.next')}
          </Button>
        </>
      }
    >
      {enrolment ? (
        <FirstCode enrolment={enrolment} onBusy={setBusy} onDone={onDone} />
      ) : (
        <OwnPassword onBusy={setBusy} onDone={setEnrolment} />
      )}
    </Dialog>
  );
}

/** Enter and the button are one: while the one is under way the other does nothing. */
type OnBusy = (busy: boolean) => void;

const own = z.object({ password: z.string().min(1, 'invalid.required') });

function OwnPassword({ onBusy, onDone }: { onBusy: OnBusy; onDone: (enrolment: Enrolment) => void }) {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(own, { password: '' });
  const submit = form.handleSubmit(async (body) => {
    onBusy(true);
    try {
      const { data, error } = await http.POST('/api/v1/me/second-factor', { body });
      if (!data) throw error;
      onDone(data);
    } catch (error) {
      showProblem(form, error, texts);
    } finally {
      onBusy(false);
    }
  });
  return (
    <form id="enrol" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <FormProblem form={form} />
      <Field label={t('password.current')} error={form.formState.errors.password?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="current-password" autoFocus />}
      </Field>
    </form>
  );
}

const first = z.object({ code: z.string().trim().min(1, 'invalid.required') });

function FirstCode({ enrolment, onBusy, onDone }: { enrolment: Enrolment; onBusy: OnBusy; onDone: EnrolProps['onDone'] }) {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(first, { code: '' });
  const submit = form.handleSubmit(async (body) => {
    onBusy(true);
    try {
      const { data, error } = await http.POST('/api/v1/me/second-factor/confirm', { body });
      if (!data) throw error;
      onDone(data.recoveryCodes);
    } catch (error) {
      showProblem(form, error, texts);
    } finally {
      onBusy(false);
    }
  });
  return (
    <form id="enrol" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <FormProblem form={form} />
      <div className="justify-self-center rounded-lg border border-line bg-white p-3">
        <QRCodeSVG value={enrolment.uri} size={196} level="M" marginSize={1} title={t('factor.qr')} />
      </div>
      <div className="text-center text-sm text-muted">
        <p>{t('factor.secret')}</p>
        <CopyValue value={enrolment.secret.replace(/(.{4})(?=.)/g, '$1 ')} name={t('factor.secretName')} />
      </div>
      <Field label={t('factor.code')} hint={t('factor.codeHint')} error={form.formState.errors.code?.message} required>
        {(control) => <CodeInput {...control} {...form.register('code')} autoFocus />}
      </Field>
    </form>
  );
}
