import { useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { Controller } from 'react-hook-form';
import { useNavigate } from 'react-router';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

const tariffForm = z.object({ name: z.string().trim().min(1, 'invalid.required'), isDefault: z.boolean() });

/** A tariff is a name over a table of rates; one of them is for those who were given none. */
export function TariffDialog({ tariff, onClose }: { tariff: Schema<'Tariff'> | null; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useZodForm(tariffForm, { name: tariff?.name ?? '', isDefault: tariff?.isDefault ?? false });
  const refresh = () => client.invalidateQueries({ queryKey: ['get', '/api/v1/tariffs'] });

  const submit = form.handleSubmit(async ({ name, isDefault }) => {
    try {
      const { data, error } = tariff
        ? await http.PATCH('/api/v1/tariffs/{id}', {
            params: { path: { id: tariff.id } },
            body: { name, ...(isDefault && !tariff.isDefault ? { isDefault: true as const } : {}) },
          })
        : await http.POST('/api/v1/tariffs', { body: { name } });
      if (!data) throw error;
      await refresh();
      onClose();
      if (!tariff) await navigate(`/admin/rates/${data.id}`);
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  const erase = async () => {
    if (!tariff) return;
    const yes = await ask({
      title: t('tariff.deleteTitle', { name: tariff.name }),
      text: t('tariff.deleteText', { count: tariff.rates }),
      action: t('ui.delete'),
      danger: true,
    });
    if (!yes) return;
    const { error, response } = await http.DELETE('/api/v1/tariffs/{id}', { params: { path: { id: tariff.id } } });
    if (!response.ok) {
      toast.error(problemText(error, texts));
      return;
    }
    onClose();
    await navigate('/admin/rates');
    await refresh();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t(tariff ? 'rate.editTariff' : 'rate.newTariff')}
      footer={
        <>
          {tariff && !tariff.isDefault && (
            <Button look="danger-quiet" icon={Trash2} className="mr-auto" onClick={() => void erase()}>
              {t('ui.delete')}
            </Button>
          )}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="tariff" busy={form.formState.isSubmitting}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="tariff" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <Field label={t('tariff.name')} error={form.formState.errors.name?.message} required>
          {(control) => <Input {...control} {...form.register('name')} autoFocus />}
        </Field>
        {tariff && (
          <Controller
            control={form.control}
            name="isDefault"
            render={({ field }) => (
              <Switch
                checked={field.value}
                onChange={field.onChange}
                disabled={tariff.isDefault}
                label={t('tariff.isDefault')}
                hint={t('tariff.isDefaultHint')}
              />
            )}
          />
        )}
      </form>
    </Dialog>
  );
}
