/** The currencies the browser knows, with their names, the common ones first. */
export function currencyChoices(locale: string, chosen: string): [code: string, name: string][] {
  const names = new Intl.DisplayNames(locale, { type: 'currency' });
  const first = ['EUR', 'USD', 'GBP', 'ARS', 'MXN', 'BRL', 'CHF'];
  const rest = Intl.supportedValuesOf('currency').filter((code) => !first.includes(code));
  return [...new Set([chosen, ...first, ...rest])].map((code) => [code, names.of(code) ?? code]);
}
