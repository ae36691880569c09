import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { z } from 'zod';
import { api } from '#app/api/client.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import type { LedgerEntry } from '#app/components/ledger/ledger-columns.tsx';
import { Money, MoneyInput } from '#app/components/money.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { addMoney, fromMicros, parseMoneyInput, toMicros } from '#app/lib/money.ts';
import { randomId } from '#app/lib/random.ts';
import { changeAmount } from '#app/lib/schemas.ts';

const correction = z.object({ amount: changeAmount, reason: z.string().trim().min(1, 'invalid.required').max(200) });

/** A new entry that takes back an old one, wholly or in part; old balance, change and new balance stand below while one types. */
export function CorrectDialog({ entry, balance, onClose }: { entry: LedgerEntry; balance: string; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const key = useRef(randomId());
  const correct = api.useMutation('post', '/api/v1/ledger/{entryId}/correct');
  const form = useZodForm(correction, { amount: fromMicros(-(toMicros(entry.amount) ?? 0n)), reason: '' });
  const { errors } = form.formState;
  const amount = parseMoneyInput(form.watch('amount'));

  const submit = form.handleSubmit(async (values) => {
    try {
      await correct.mutateAsync({
        params: { path: { entryId: entry.id }, header: { 'Idempotency-Key': key.current } },
        body: { amount: parseMoneyInput(values.amount) ?? '0', reason: values.reason },
      });
      toast.success(t('ledger.corrected'));
      void client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}'] });
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}/ledger'] });
      onClose();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('ledger.correctOne', { id: entry.id })}
      description={entry.reason}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="correct" busy={correct.isPending}>
            {t('ledger.bookCorrection')}
          </Button>
        </>
      }
    >
      <form id="correct" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <Field label={t('credit.change')} hint={t('ledger.correctHint')} error={errors.amount?.message} required>
          {(control) => <MoneyInput {...control} {...form.register('amount')} />}
        </Field>
        <Field label={t('ledger.reason')} error={errors.reason?.message} required>
          {(control) => <Input {...control} {...form.register('reason')} maxLength={200} />}
        </Field>
        {amount !== undefined && (
          <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1.5 rounded-lg bg-sunken px-4 py-3">
            <dt className="text-muted">{t('credit.old')}</dt>
            <dd className="text-right">
              <Money value={balance} />
            </dd>
            <dt className="text-muted">{t('credit.change')}</dt>
            <dd className="text-right">
              <Money value={amount} signed />
            </dd>
            <dt className="font-semibold">{t('credit.new')}</dt>
            <dd className="text-right font-semibold">
              <Money value={addMoney(balance, amount)} />
            </dd>
          </dl>
        )}
      </form>
    </Dialog>
  );
}
