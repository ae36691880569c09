import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { useZodForm } from '#app/components/form.tsx';
import { FormDialog } from '#app/components/form-dialog.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, Select } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';

type Feature = Schema<'FeatureCode'>['feature'];

const features: readonly Feature[] = ['echo', 'number-readback', 'balance', 'conference', 'mailbox', 'demo', 'music', 'prompt-recorder'];

const codeForm = z.object({
  code: z.string().trim().min(1, 'invalid.required'),
  feature: z.enum(features),
  description: z.string().trim().min(1, 'invalid.required'),
  argument: z.string().trim(),
  prefix: z.boolean(),
  enabled: z.boolean(),
});

/** A new code, or an existing one. */
export function FeatureCodeDialog({ code, onClose }: { code: Schema<'FeatureCode'> | null; onClose: () => void }) {
  const { t } = useTexts();
  const form = useZodForm(codeForm, {
    code: code?.code ?? '',
    feature: code?.feature ?? 'conference',
    description: code?.description ?? '',
    argument: code?.argument ?? '',
    prefix: code?.prefix ?? false,
    enabled: code?.enabled ?? true,
  });
  const { errors } = form.formState;
  const prefix = form.watch('prefix');
  const path = code ? { id: code.id } : undefined;

  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={code ? code.code : t('codes.add')}
      lists={['/api/v1/feature-codes']}
      save={(values) => {
        const body = { ...values, argument: values.prefix ? null : values.argument || null };
        return path ? http.PATCH('/api/v1/feature-codes/{id}', { params: { path }, body }) : http.POST('/api/v1/feature-codes', { body });
      }}
      erase={
        path && {
          question: { title: t('codes.deleteTitle', { code: code?.code ?? '' }), text: t('codes.deleteText'), action: t('ui.delete') },
          send: () => http.DELETE('/api/v1/feature-codes/{id}', { params: { path } }),
        }
      }
    >
      <Field label={t('codes.code')} hint={t('codes.codeHint')} error={errors.code?.message} required>
        {(control) => (
          <Input {...control} {...form.register('code')} className="tnum" autoComplete="off" inputMode="tel" autoFocus={!code} />
        )}
      </Field>
      <Field label={t('codes.feature')} error={errors.feature?.message} required>
        {(control) => (
          <Select {...control} {...form.register('feature')}>
            {features.map((feature) => (
              <option key={feature} value={feature}>
                {t(`app.${feature}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t('codes.description')} hint={t('codes.descriptionHint')} error={errors.description?.message} required>
        {(control) => <Input {...control} {...form.register('description')} autoComplete="off" />}
      </Field>
      <Controller
        control={form.control}
        name="prefix"
        render={({ field }) => (
          <Checkbox checked={field.value} onChange={field.onChange} label={t('codes.prefix')} hint={t('codes.prefixHint')} />
        )}
      />
      {!prefix && (
        <Field label={t('codes.argument')} hint={t('codes.argumentHint')} error={errors.argument?.message} optional>
          {(control) => <Input {...control} {...form.register('argument')} autoComplete="off" />}
        </Field>
      )}
      <Controller
        control={form.control}
        name="enabled"
        render={({ field }) => <Checkbox checked={field.value} onChange={field.onChange} label={t('codes.enabled')} />}
      />
    </FormDialog>
  );
}
