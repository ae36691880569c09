import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { PasswordInput } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useRefreshVoicemail, type Voicemail } from '#app/routes/portal/voicemail/use-voicemail.ts';

const form = z.object({ pin: z.string().regex(/^\d{4,10}$/, 'invalid.pin') });

/** The PIN that opens the mailbox from the phones of others. */
export function PinCard({ box }: { box: Voicemail }) {
  const texts = useTexts();
  const { t } = texts;
  const refresh = useRefreshVoicemail();
  const fields = useZodForm(form, { pin: '' });
  const { errors, isSubmitting } = fields.formState;

  const put = async (pin: string | null) => {
    try {
      const { error, response } = await http.PUT('/api/v1/me/voicemail/pin', { body: { pin } });
      if (!response.ok) throw error;
      fields.reset();
      toast.success(t(pin === null ? 'voicemail.pinRemoved' : 'ui.saved'));
      await refresh();
    } catch (error) {
      showProblem(fields, error, texts);
    }
  };

  return (
    <Card title={t('voicemail.pin')} text={box.otherCode ? t('voicemail.pinText', { code: box.otherCode }) : t('voicemail.pinTextOutside')}>
      <form onSubmit={(event) => void fields.handleSubmit(({ pin }) => put(pin))(event)} noValidate className="grid gap-4">
        <FormProblem form={fields} />
        <Field label={t('voicemail.newPin')} hint={t(box.hasPin ? 'voicemail.pinSet' : 'voicemail.pinNone')} error={errors.pin?.message}>
          {(control) => (
            <PasswordInput {...control} {...fields.register('pin')} inputMode="numeric" autoComplete="off" className="max-w-60" />
          )}
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" busy={isSubmitting}>
            {t('voicemail.setPin')}
          </Button>
          {box.hasPin && (
            <Button onClick={() => void put(null)} disabled={isSubmitting}>
              {t('voicemail.removePin')}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}
