import { type ComponentProps, useMemo } from 'react';
import { Input, Select } from '#app/components/ui/input.tsx';
import { languages } from '#app/i18n/index.ts';
import { currencyChoices } from '#app/lib/currencies.ts';

/** Languages by their own names: whoever is lost in a foreign one finds his. */
export const languageNames: Readonly<Record<(typeof languages)[number], string>> = { en: 'English', es: 'Español' };

export const LanguageSelect = (props: Omit<ComponentProps<typeof Select>, 'children'>) => (
  <Select {...props}>
    {languages.map((language) => (
      <option key={language} value={language}>
        {languageNames[language]}
      </option>
    ))}
  </Select>
);

export const CurrencySelect = ({
  locale,
  chosen,
  ...rest
}: Omit<ComponentProps<typeof Select>, 'children'> & { locale: string; chosen: string }) => (
  <Select {...rest}>
    {currencyChoices(locale, chosen).map(([code, name]) => (
      <option key={code} value={code}>
        {code} · {name}
      </option>
    ))}
  </Select>
);

/** A time zone, typed or chosen: the browser offers what fits to the letters typed so far. */
export function TimeZoneInput(props: ComponentProps<'input'> & { id: string }) {
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')], []);
  const list = `${props.id}-zones`;
  return (
    <>
      <Input {...props} list={list} autoComplete="off" spellCheck={false} />
      <datalist id={list}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
