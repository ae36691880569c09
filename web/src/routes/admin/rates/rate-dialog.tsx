import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { MoneyInput } from '#app/components/money.tsx';
import { PriceExample } from '#app/components/rates/price-example.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { parseMoneyInput } from '#app/lib/money.ts';
import { integerField, requiredAmount } from '#app/lib/schemas.ts';
import { useDebounced } from '#app/lib/use-debounced.ts';

const rateForm = z.object({
  prefix: z
    .string()
    .trim()
    .regex(/^\+?\d{1,15}$/, 'invalid.prefix'),
  name: z.string().trim().max(120),
  pricePerMinute: requiredAmount,
  connectFee: requiredAmount,
  firstIncrement: integerField(1, 3600),
  nextIncrement: integerField(1, 3600),
  minCharge: requiredAmount,
  freeSeconds: integerField(0, 86_400),
  graceSeconds: integerField(0, 3600),
  blocked: z.boolean(),
  effectiveFrom: z.string(),
});
type RateForm = z.infer<typeof rateForm>;

const exampleSeconds = 90;

/** The fields that make a price, or undefined while one of them cannot be read. */
function priceFields(values: RateForm): Omit<Schema<'PriceQuestion'>, 'tariffId' | 'seconds'> | undefined {
  const [pricePerMinute, connectFee, minCharge] = [values.pricePerMinute, values.connectFee, values.minCharge].map(parseMoneyInput);
  const whole = [values.firstIncrement, values.nextIncrement, values.freeSeconds, values.graceSeconds].map(Number);
  const [firstIncrement, nextIncrement, freeSeconds, graceSeconds] = whole;
  if (
    pricePerMinute === undefined ||
    connectFee === undefined ||
    minCharge === undefined ||
    whole.some((n) => !Number.isInteger(n) || n < 0)
  )
    return undefined;
  if (!firstIncrement || !nextIncrement || freeSeconds === undefined || graceSeconds === undefined) return undefined;
  return { pricePerMinute, connectFee, minCharge, firstIncrement, nextIncrement, freeSeconds, graceSeconds };
}

const localTime = (iso: string | null | undefined): string => {
  if (!iso) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** One rate. Beside the fields stands what a call would cost with them, made by the very function that rates calls. */
export function RateDialog({ tariff, rate, onClose }: { tariff: Schema<'Tariff'>; rate: Schema<'Rate'> | null; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const form = useZodForm(rateForm, {
    prefix: rate?.prefix ?? '',
    name: rate?.name ?? '',
    pricePerMinute: rate?.pricePerMinute ?? '',
    connectFee: rate?.connectFee ?? '0.00',
    firstIncrement: String(rate?.firstIncrement ?? 60),
    nextIncrement: String(rate?.nextIncrement ?? 60),
    minCharge: rate?.minCharge ?? '0.00',
    freeSeconds: String(rate?.freeSeconds ?? 0),
    graceSeconds: String(rate?.graceSeconds ?? 0),
    blocked: rate?.blocked ?? false,
    effectiveFrom: localTime(rate?.effectiveFrom),
  });
  const { errors, isSubmitting } = form.formState;
  const values = useDebounced(form.watch(), 250);
  const blocked = form.watch('blocked');
  const fields = priceFields(values);
  const example = api.useQuery(
    'post',
    '/api/v1/rates/example',
    { body: { pricePerMinute: '0', ...fields, seconds: exampleSeconds, tariffId: tariff.id } },
    { enabled: fields !== undefined && !blocked, placeholderData: keepPreviousData, retry: false },
  );

  const done = async () => {
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/tariffs/{id}/rates'] });
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/rates/lookup'] });
    onClose();
  };

  const submit = form.handleSubmit(async (all) => {
    const price = priceFields(all);
    if (!price) return;
    const body = {
      ...price,
      prefix: all.prefix.replace('+', ''),
      name: all.name,
      blocked: all.blocked,
      effectiveFrom: all.effectiveFrom ? new Date(all.effectiveFrom).toISOString() : null,
    };
    try {
      const { error, response } = rate
        ? await http.PATCH('/api/v1/rates/{id}', { params: { path: { id: rate.id } }, body })
        : await http.POST('/api/v1/tariffs/{id}/rates', { params: { path: { id: tariff.id } }, body });
      if (!response.ok) throw error;
      toast.success(t('ui.saved'));
      await done();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  const erase = async () => {
    if (!rate) return;
    const yes = await ask({
      title: t('rate.deleteTitle', { prefix: rate.prefix, name: rate.name }),
      text: t('rate.deleteText'),
      action: t('rate.delete'),
      danger: true,
    });
    if (!yes) return;
    const { error, response } = await http.DELETE('/api/v1/rates/{id}', { params: { path: { id: rate.id } } });
    if (response.ok) await done();
    else toast.error(problemText(error, texts));
  };

  const seconds = (name: 'firstIncrement' | 'nextIncrement' | 'freeSeconds' | 'graceSeconds', label: string, hint: string) => (
    <Field label={label} hint={hint} error={errors[name]?.message}>
      {(control) => <Input {...control} {...form.register(name)} inputMode="numeric" className="tnum" />}
    </Field>
  );

  return (
    <Dialog
      open
      onClose={onClose}
      place="wide"
      title={rate ? `${rate.prefix} ${rate.name}` : t('rate.add')}
      description={tariff.name}
      footer={
        <>
          {rate && (
            <Button look="danger-quiet" icon={Trash2} className="mr-auto" onClick={() => void erase()}>
              {t('rate.delete')}
            </Button>
          )}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="rate" busy={isSubmitting}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <div className="grid gap-6 md:grid-cols-[3fr_2fr]">
        <form id="rate" onSubmit={(event) => void submit(event)} noValidate className="grid content-start gap-4">
          <FormProblem form={form} />
          <div className="grid gap-4 sm:grid-cols-[8rem_1fr]">
            <Field label={t('rate.prefix')} error={errors.prefix?.message} required>
              {(control) => <Input {...control} {...form.register('prefix')} inputMode="tel" className="tnum" autoFocus={!rate} />}
            </Field>
            <Field label={t('rate.destination')} error={errors.name?.message} optional>
              {(control) => <Input {...control} {...form.register('name')} />}
            </Field>
          </div>
          <Controller
            control={form.control}
            name="blocked"
            render={({ field }) => (
              <Switch checked={field.value} onChange={field.onChange} label={t('rate.block')} hint={t('rate.blockHint')} />
            )}
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t('rate.price')} hint={t('rate.priceHint')} error={errors.pricePerMinute?.message} required>
              {(control) => <MoneyInput {...control} {...form.register('pricePerMinute')} />}
            </Field>
            <Field label={t('rate.connectFee')} hint={t('rate.connectFeeHint')} error={errors.connectFee?.message}>
              {(control) => <MoneyInput {...control} {...form.register('connectFee')} />}
            </Field>
            {seconds('firstIncrement', t('rate.firstIncrement'), t('rate.firstIncrementHint'))}
            {seconds('nextIncrement', t('rate.nextIncrement'), t('rate.nextIncrementHint'))}
            <Field label={t('rate.minCharge')} hint={t('rate.minChargeHint')} error={errors.minCharge?.message}>
              {(control) => <MoneyInput {...control} {...form.register('minCharge')} />}
            </Field>
            {seconds('freeSeconds', t('rate.freeSeconds'), t('rate.freeSecondsHint'))}
            {seconds('graceSeconds', t('rate.graceSeconds'), t('rate.graceSecondsHint'))}
            <Field label={t('rate.effectiveFrom')} hint={t('rate.effectiveFromHint')} error={errors.effectiveFrom?.message} optional>
              {(control) => <Input {...control} {...form.register('effectiveFrom')} type="datetime-local" />}
            </Field>
          </div>
        </form>
        <aside className="h-fit rounded-lg bg-sunken p-4 md:sticky md:top-0" aria-live="polite">
          <h3 className="label-caps mb-2 text-faint">{t('rate.example')}</h3>
          {blocked ? (
            <p>{t('rate.exampleBlocked')}</p>
          ) : fields && example.data ? (
            <PriceExample example={example.data} open />
          ) : (
            <p className="text-muted">{t('rate.exampleWaiting')}</p>
          )}
        </aside>
      </div>
    </Dialog>
  );
}
