import type { ComponentProps } from 'react';
import { Input } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { formatMoney, isNegative } from '#app/lib/money.ts';
import { useCurrency } from '#app/session/session.ts';

/** `money(amount)` writes an amount of the server in the reader's language and the company's currency. */
export function useMoney(): (amount: string, signed?: boolean) => string {
  const { locale } = useTexts();
  const currency = useCurrency();
  return (amount, signed = false) => formatMoney(amount, { locale, currency, signed });
}

export interface MoneyProps {
  value: string;
  signed?: boolean;
  className?: string;
}

/** An amount with all its decimals. Less than zero is red, and has its minus. */
export function Money({ value, signed = false, className }: MoneyProps) {
  const money = useMoney();
  return <span className={cn('tnum whitespace-nowrap', isNegative(value) && 'text-bad', className)}>{money(value, signed)}</span>;
}

/** An amount to type; comma or point, read by `parseMoneyInput`. */
export function MoneyInput({ className, ...rest }: ComponentProps<'input'>) {
  const currency = useCurrency();
  return (
    <span className={cn('relative block', className)}>
      <Input inputMode="decimal" autoComplete="off" className="tnum pr-14 text-right" {...rest} />
      <span aria-hidden className="pointer-events-none absolute top-2 right-3 text-xs leading-5 text-muted">
        {currency}
      </span>
    </span>
  );
}
