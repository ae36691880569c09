import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { useZodForm } from '#app/components/form.tsx';
import { FormDialog } from '#app/components/form-dialog.tsx';
import { SubscriberPicker } from '#app/components/subscriber-picker.tsx';
import { ChoiceCards } from '#app/components/ui/choice-cards.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useInfo } from '#app/session/session.ts';

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
  const { t } = useTexts();
  const domain = useInfo()?.domain ?? '';
  const form = useZodForm(numberForm, {
    number: number?.number ?? '',
    kind: number?.kind ?? 'did',
    subscriberId: number?.subscriberId ?? null,
    target: number?.target ?? '',
  });
  const { errors } = form.formState;

  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={number ? number.number : t('numbers.add')}
      lists={['/api/v1/numbers']}
      save={(values) => {
        const leads = { subscriberId: values.target ? null : values.subscriberId, target: values.target || null };
        return number
          ? http.PATCH('/api/v1/numbers/{id}', { params: { path: { id: number.id } }, body: leads })
          : http.POST('/api/v1/numbers', { body: { number: values.number, kind: values.kind, ...leads } });
      }}
    >
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
      <Field label={t('numbers.target')} hint={t('numbers.targetHint', { domain })} error={errors.target?.message} optional>
        {(control) => <Input {...control} {...form.register('target')} autoComplete="off" />}
      </Field>
    </FormDialog>
  );
}
