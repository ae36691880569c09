import { useQueryClient } from '@tanstack/react-query';
import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { SubscriberPicker } from '#app/components/subscriber-picker.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { ChoiceCards } from '#app/components/ui/choice-cards.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';

const numberForm = z.object({
  number: z.string().trim().min(1, 'invalid.required'),
  kind: z.enum(['alias', 'did']),
  subscriberId: z.number().nullable(),
  target: z
    .string()
    .trim()
    .regex(/^(sips?:[^\s<>"]+@[^\s<>"]+)?$/, 'invalid.uri'),
});

/** A new number, or where an existing one leads. */
export function NumberDialog({ number, onClose }: { number: Schema<'Number'> | null; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const form = useZodForm(numberForm, {
    number: number?.number ?? '',
    kind: number?.kind ?? 'did',
    subscriberId: number?.subscriberId ?? null,
    target: number?.target ?? '',
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    const leads = { subscriberId: values.target ? null : values.subscriberId, target: values.target || null };
    try {
      const { error, response } = number
        ? await http.PATCH('/api/v1/numbers/{id}', { params: { path: { id: number.id } }, body: leads })
        : await http.POST('/api/v1/numbers', { body: { number: values.number, kind: values.kind, ...leads } });
      if (!response.ok) throw error;
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/numbers'] });
      onClose();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <Dialog
      open
      onClose={onClose}
      title={number ? number.number : t('numbers.add')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="number" busy={isSubmitting}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="number" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        {!number && (
          <>
            <Controller
              control={form.control}
              name="kind"
              render={({ field }) => (
                <ChoiceCards
                  legend={t('numbers.kind')}
                  value={field.value}
                  onChange={field.onChange}
                  columns="sm:grid-cols-2"
                  choices={[
                    { value: 'did', title: t('numbers.kind.did'), text: t('numbers.didText') },
                    { value: 'alias', title: t('numbers.kind.alias'), text: t('numbers.aliasText') },
                  ]}
                />
              )}
            />
            <Field label={t('numbers.number')} error={errors.number?.message} required>
              {(control) => <Input {...control} {...form.register('number')} className="tnum" autoComplete="off" autoFocus />}
            </Field>
          </>
        )}
        <Field label={t('subscriber.one')} error={errors.subscriberId?.message} optional>
          {(control) => (
            <Controller
              control={form.control}
              name="subscriberId"
              render={({ field }) => (
                <SubscriberPicker
                  control={control}
                  value={field.value}
                  onChange={field.onChange}
                  startWith={number?.subscriberNumber ? `${number.subscriberNumber} ${number.subscriberName ?? ''}` : ''}
                />
              )}
            />
          )}
        </Field>
        <Field label={t('numbers.target')} hint={t('numbers.targetHint')} error={errors.target?.message} optional>
          {(control) => <Input {...control} {...form.register('target')} autoComplete="off" />}
        </Field>
      </form>
    </Dialog>
  );
}
