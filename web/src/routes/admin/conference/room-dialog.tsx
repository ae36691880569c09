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
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const form = useZodForm(roomForm, {
    number: room?.number ?? '',
    name: room?.name ?? '',
    pin: room?.pin ?? '',
    maxMembers: String(room?.maxMembers ?? 32),
    announce: room?.announce ?? 'tone',
    locked: room?.locked ?? false,
  });
  const { errors, isSubmitting } = form.formState;
  const id = room?.id ?? null;

  const done = async () => {
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/conference-rooms'] });
    onClose();
  };

  const submit = form.handleSubmit(async (values) => {
    const body = { ...values, pin: values.pin || null, maxMembers: Number(values.maxMembers) };
    try {
      const { error, response } =
        id === null
          ? await http.POST('/api/v1/conference-rooms', { body })
          : await http.PATCH('/api/v1/conference-rooms/{id}', { params: { path: { id } }, body });
      if (!response.ok) throw error;
      await done();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  const erase = async (number: string, roomId: number) => {
    const title = t('conference.deleteTitle', { number });
    if (!(await ask({ title, text: t('conference.deleteText'), action: t('ui.delete'), danger: true }))) return;
    const { error, response } = await http.DELETE('/api/v1/conference-rooms/{id}', { params: { path: { id: roomId } } });
    if (response.ok) await done();
    else showProblem(form, error, texts);
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={room ? t('conference.room', { number: room.number }) : t('conference.add')}
      footer={
        <>
          {room && id !== null && (
            <Button look="danger-quiet" className="mr-auto" onClick={() => void erase(room.number, id)}>
              {t('ui.delete')}
            </Button>
          )}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="conference-room" busy={isSubmitting}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="conference-room" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
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
          {(control) => (
            <Input {...control} {...form.register('maxMembers')} className="tnum w-24" inputMode="numeric" autoComplete="off" />
          )}
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
      </form>
    </Dialog>
  );
}
