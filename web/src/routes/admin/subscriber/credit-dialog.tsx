import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { z } from 'zod';
import { api } from '#app/api/client.ts';
import { problemOf } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Money, MoneyInput } from '#app/components/money.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { KeyValues } from '#app/components/ui/card.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatDateTime } from '#app/lib/format.ts';
import { addMoney, isNegative, parseMoneyInput } from '#app/lib/money.ts';
import { randomId } from '#app/lib/random.ts';
import { changeAmount } from '#app/lib/schemas.ts';

const credit = z.object({ amount: changeAmount, reason: z.string().trim().min(1, 'invalid.required').max(200) });

/**
 * Credit in three steps: amount, confirmation with old balance, change and new balance, receipt. One idempotency key belongs to one
 * confirmation and is kept while it is retried, so that a double click or a broken line makes one entry.
 */
export function CreditDialog({ subscriber, onClose }: { subscriber: Schema<'Subscriber'>; onClose: () => void }) {
  const texts = useTexts();
  const { t, locale } = texts;
  const client = useQueryClient();
  const add = api.useMutation('post', '/api/v1/subscribers/{id}/credit');
  const [asked, setAsked] = useState<{ amount: string; reason: string; balance: string } | null>(null);
  const [receipt, setReceipt] = useState<Schema<'CreditReceipt'> | null>(null);
  const key = useRef('');
  const form = useZodForm(credit, { amount: '', reason: '' });
  const { errors } = form.formState;

  const check = form.handleSubmit(({ amount, reason }) => {
    const plain = parseMoneyInput(amount);
    if (plain === undefined) return;
    // Another amount or reason is another payment; going back and forth without a change is the same one.
    if (asked === null || key.current === '' || keyOf(asked) !== `${plain}|${reason}`) key.current = randomId();
    form.clearErrors('root');
    setAsked({ amount: plain, reason, balance: subscriber.balance });
    setStep('confirm');
  });
  const [step, setStep] = useState<'amount' | 'confirm'>('amount');

  const book = async () => {
    if (!asked || add.isPending) return;
    form.clearErrors('root');
    try {
      const answer = await add.mutateAsync({
        params: { path: { id: subscriber.id }, header: { 'Idempotency-Key': key.current } },
        body: { amount: asked.amount, reason: asked.reason },
      });
      setReceipt(answer);
      void client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers'] });
      void client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}'] });
      void client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}/ledger'] });
    } catch (error) {
      // A wrong field is shown beside it; a broken line leaves the confirmation open, to be sent again with the same key.
      if (problemOf(error).errors?.length) setStep('amount');
      showProblem(form, error, texts);
    }
  };

  if (receipt)
    return (
      <Dialog
        open
        onClose={onClose}
        title={t('credit.receipt')}
        footer={
          <Button look="primary" onClick={onClose}>
            {t('ui.close')}
          </Button>
        }
      >
        <Notice tone="ok" title={t(receipt.replayed ? 'credit.replayed' : 'credit.done')} className="mb-4" />
        <KeyValues
          rows={[
            [t('subscriber.one'), `${subscriber.number} ${subscriber.displayName}`],
            [t('ledger.amount'), <Money key="a" value={receipt.entry.amount} signed className="font-medium" />],
            [t('ledger.ending'), <Money key="b" value={receipt.entry.endingBalance} className="font-medium" />],
            [t('ledger.reason'), receipt.entry.reason],
            [t('ledger.when'), formatDateTime(receipt.entry.createdAt, locale)],
            [
              t('ledger.number'),
              <span key="n" className="tnum">
                {receipt.entry.id}
              </span>,
            ],
          ]}
        />
      </Dialog>
    );

  if (step === 'confirm' && asked) {
    const next = addMoney(asked.balance, asked.amount);
    return (
      <Dialog
        open
        sticky
        onClose={onClose}
        title={t('credit.confirmTitle')}
        description={`${subscriber.number} ${subscriber.displayName}`}
        footer={
          <>
            <Button onClick={() => setStep('amount')} disabled={add.isPending}>
              {t('ui.back')}
            </Button>
            <Button look="primary" busy={add.isPending} onClick={() => void book()} autoFocus>
              {t('credit.book')}
            </Button>
          </>
        }
      >
        <div className="grid gap-4">
          <FormProblem form={form} />
          <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2 text-base">
            <dt className="text-muted">{t('credit.old')}</dt>
            <dd className="text-right">
              <Money value={asked.balance} />
            </dd>
            <dt className="text-muted">{t('credit.change')}</dt>
            <dd className="text-right">
              <Money value={asked.amount} signed />
            </dd>
            <dt className="border-t border-line pt-2 font-semibold">{t('credit.new')}</dt>
            <dd className="border-t border-line pt-2 text-right font-semibold">
              <Money value={next} />
            </dd>
          </dl>
          <p className="text-muted">
            {t('ledger.reason')}: {asked.reason}
          </p>
          {isNegative(next) && subscriber.kind === 'prepaid' && <Notice tone="warn">{t('credit.negative')}</Notice>}
        </div>
      </Dialog>
    );
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('credit.add')}
      description={`${subscriber.number} ${subscriber.displayName}`}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="credit">
            {t('ui.next')}
          </Button>
        </>
      }
    >
      <form id="credit" onSubmit={(event) => void check(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <Field label={t('ledger.amount')} hint={t('credit.amountHint')} error={errors.amount?.message} required>
          {(control) => <MoneyInput {...control} {...form.register('amount')} autoFocus />}
        </Field>
        <Field label={t('ledger.reason')} hint={t('credit.reasonHint')} error={errors.reason?.message} required>
          {(control) => <Input {...control} {...form.register('reason')} maxLength={200} autoComplete="off" />}
        </Field>
        <p className="text-muted">
          {t('money.balance')}: <Money value={subscriber.balance} />
        </p>
      </form>
    </Dialog>
  );
}

const keyOf = (asked: { amount: string; reason: string }): string => `${asked.amount}|${asked.reason}`;
