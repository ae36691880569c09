import { useQueryClient } from '@tanstack/react-query';
import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
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
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const form = useZodForm(codeForm, {
    code: code?.code ?? '',
    feature: code?.feature ?? 'conference',
    description: code?.description ?? '',
    argument: code?.argument ?? '',
    prefix: code?.prefix ?? false,
    enabled: code?.enabled ?? true,
  });
  const { errors, isSubmitting } = form.formState;
  const prefix = form.watch('prefix');

  const done = async () => {
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/feature-codes'] });
    onClose();
  };

  const submit = form.handleSubmit(async (values) => {
    const body = { ...values, argument: values.prefix ? null : values.argument || null };
    try {
      const { error, response } = code
        ? await http.PATCH('/api/v1/feature-codes/{id}', { params: { path: { id: code.id } }, body })
        : await http.POST('/api/v1/feature-codes', { body });
      if (!response.ok) throw error;
      await done();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  const erase = async (id: number, text: string) => {
    const title = t('codes.deleteTitle', { code: text });
    if (!(await ask({ title, text: t('codes.deleteText'), action: t('ui.delete'), danger: true }))) return;
    const { error, response } = await http.DELETE('/api/v1/feature-codes/{id}', { params: { path: { id } } });
    if (response.ok) await done();
    else showProblem(form, error, texts);
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={code ? code.code : t('codes.add')}
      footer={
        <>
          {code && (
            <Button look="danger-quiet" className="mr-auto" onClick={() => void erase(code.id, code.code)}>
              {t('ui.delete')}
            </Button>
          )}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="feature-code" busy={isSubmitting}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="feature-code" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
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
      </form>
    </Dialog>
  );
}
