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

const roomForm = z.object({
  number: z.string().trim().min(1, 'invalid.required'),
  name: z.string().trim(),
  pin: z.string().trim(),
  maxMembers: z.string().trim(),
  announce: z.enum(['off', 'tone', 'words']),
  locked: z.boolean(),
});

/** Sets a room up, or changes it. */
export function RoomDialog({ room, onClose }: { room: Schema<'ConferenceRoom'> | null; onClose: () => void }) {
  const { t } = useTexts();
  const form = useZodForm(roomForm, {
    number: room?.number ?? '',
    name: room?.name ?? '',
    pin: room?.pin ?? '',
    maxMembers: String(room?.maxMembers ?? 32),
    announce: room?.announce ?? 'tone',
    locked: room?.locked ?? false,
  });
  const { errors } = form.formState;
  const path = room === null || room.id === null ? undefined : { id: room.id };

  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={room ? t('conference.room', { number: room.number }) : t('conference.add')}
      lists={['/api/v1/conference-rooms']}
      save={(values) => {
        const body = { ...values, pin: values.pin || null, maxMembers: Number(values.maxMembers) };
        return path
          ? http.PATCH('/api/v1/conference-rooms/{id}', { params: { path }, body })
          : http.POST('/api/v1/conference-rooms', { body });
      }}
      erase={
        path && {
          question: {
            title: t('conference.deleteTitle', { number: room?.number ?? '' }),
            text: t('conference.deleteText'),
            action: t('ui.delete'),
          },
          send: () => http.DELETE('/api/v1/conference-rooms/{id}', { params: { path } }),
        }
      }
    >
      <Field label={t('conference.number')} hint={t('conference.numberHint')} error={errors.number?.message} required>
        {(control) => (
          <Input {...control} {...form.register('number')} className="tnum" inputMode="numeric" autoComplete="off" autoFocus={!room} />
        )}
      </Field>
      <Field label={t('conference.name')} error={errors.name?.message} optional>
        {(control) => <Input {...control} {...form.register('name')} autoComplete="off" />}
      </Field>
      <Field label={t('conference.pin')} hint={t('conference.pinHint')} error={errors.pin?.message} optional>
        {(control) => <Input {...control} {...form.register('pin')} className="tnum" inputMode="numeric" autoComplete="off" />}
      </Field>
      <Field label={t('conference.max')} error={errors.maxMembers?.message} required>
        {(control) => <Input {...control} {...form.register('maxMembers')} className="tnum w-24" inputMode="numeric" autoComplete="off" />}
      </Field>
      <Field label={t('conference.announce')} hint={t('conference.announceHint')}>
        {(control) => (
          <Select {...control} {...form.register('announce')}>
            {(['tone', 'words', 'off'] as const).map((how) => (
              <option key={how} value={how}>
                {t(`conference.announce.${how}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Controller
        control={form.control}
        name="locked"
        render={({ field }) => (
          <Checkbox checked={field.value} onChange={field.onChange} label={t('conference.locked')} hint={t('conference.lockedHint')} />
        )}
      />
    </FormDialog>
  );
}
