import { describe, expect, it } from 'vitest';
import { addMoney, formatMoney, fromMicros, lesserAmount, parseMoneyInput, toMicros } from '#app/lib/money.ts';

describe('money on the page', () => {
  it('sums without floating point', () => {
    expect(addMoney('0.10', '0.20')).toBe('0.30');
    expect(addMoney('9007199254.740993', '0.000001')).toBe('9007199254.740994');
    expect(addMoney('1.00', '-2.50')).toBe('-1.50');
    expect(lesserAmount('10.00', '9.50')).toBe('9.50');
    expect(lesserAmount('-1.00', '0.00')).toBe('-1.00');
  });

  it('writes the form of the server', () => {
    expect(fromMicros(12_500_000n)).toBe('12.50');
    expect(fromMicros(39_420n)).toBe('0.03942');
    expect(fromMicros(-1n)).toBe('-0.000001');
    expect(fromMicros(0n)).toBe('0.00');
    expect(toMicros('1.0000001')).toBeUndefined();
  });

  it.each([
    ['12,5', '12.50'],
    ['12.5', '12.50'],
    ['1.234,56', '1234.56'],
    ['1,234.56', '1234.56'],
    ['1.234.567', '1234567.00'],
    ['+10', '10.00'],
    [' 0,03942 ', '0.03942'],
    ['-3', '-3.00'],
    ['5.', '5.00'],
  ])('reads %s as %s', (typed, amount) => {
    expect(parseMoneyInput(typed)).toBe(amount);
  });

  it.each(['', 'ten', '1.2.3,4,5', '0.0000001', '--1'])('refuses %j', (typed) => {
    expect(parseMoneyInput(typed)).toBeUndefined();
  });

  it('keeps every decimal on screen', () => {
    expect(formatMoney('0.03942', { locale: 'en', currency: 'EUR' })).toBe('€0.03942');
    expect(formatMoney('10.00', { locale: 'en', currency: 'EUR', signed: true })).toBe('+€10.00');
    expect(formatMoney('12.50', { locale: 'es', currency: 'EUR' }).replaceAll('\u00a0', ' ')).toBe('12,50 €');
  });
});
