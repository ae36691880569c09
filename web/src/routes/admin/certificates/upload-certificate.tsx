import { FileUp } from 'lucide-react';
import { useRef } from 'react';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Textarea } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

const uploadForm = z.object({
  certificate: z.string().trim().min(1, 'invalid.required'),
  key: z.string().trim().min(1, 'invalid.required'),
});

/** A certificate that the operator has from elsewhere, with its key. */
export function UploadCertificate({ onChanged }: { onChanged: () => Promise<void> }) {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(uploadForm, { certificate: '', key: '' });
  const { errors } = form.formState;

  const submit = form.handleSubmit(async (body) => {
    try {
      const { error, response } = await http.PUT('/api/v1/certificates/uploaded', { body });
      if (!response.ok) throw error;
      form.reset();
      toast.success(t('cert.uploaded'));
      await onChanged();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <Card title={t('cert.uploadTitle')} text={t('cert.uploadText')}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <div className="grid gap-4 sm:grid-cols-2">
          {(['certificate', 'key'] as const).map((name) => (
            <Field key={name} label={t(`cert.upload.${name}`)} hint={t(`cert.uploadHint.${name}`)} error={errors[name]?.message} required>
              {(control) => (
                <>
                  <Textarea
                    {...control}
                    {...form.register(name)}
                    rows={6}
                    className="font-mono text-xs"
                    spellCheck={false}
                    autoComplete="off"
                  />
                  <FromFile label={t(`cert.fromFile.${name}`)} onText={(text) => form.setValue(name, text, { shouldValidate: true })} />
                </>
              )}
            </Field>
          ))}
        </div>
        <div>
          <Button type="submit" look="primary" busy={form.formState.isSubmitting}>
            {t('cert.upload')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function FromFile({ label, onText }: { label: string; onText: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div>
      <input
        ref={input}
        type="file"
        accept=".pem,.crt,.cer,.key,.txt"
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        onChange={async (event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) onText(await file.text());
        }}
      />
      <Button size="sm" icon={FileUp} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </div>
  );
}
