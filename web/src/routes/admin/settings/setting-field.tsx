import { CurrencySelect, LanguageSelect, languageNames, TimeZoneInput } from '#app/components/choices.tsx';
import { MoneyInput } from '#app/components/money.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, Select, Textarea } from '#app/components/ui/input.tsx';
import { languages, useTexts } from '#app/i18n/index.ts';
import type { FieldKind, FormValue, FormValues, SettingKey } from '#app/routes/admin/settings/setting-fields.ts';

export interface SettingFieldProps {
  name: SettingKey;
  kind: FieldKind;
  values: FormValues;
  errors: Readonly<Record<string, string>>;
  onChange: (name: string, value: FormValue) => void;
}

/** One setting, by its kind. */
export function SettingField({ name, kind, values, errors, onChange }: SettingFieldProps) {
  const { t, maybe, language } = useTexts();
  const label = t(`setting.${name}`);
  const hint = maybe(`settingHint.${name}`);
  const value = values[name];
  const text = typeof value === 'string' ? value : '';
  const id = `setting-${name}`;

  if (kind.kind === 'switch')
    return (
      <div id={id} className="sm:col-span-2">
        <Switch checked={value === true} onChange={(on) => onChange(name, on)} label={label} hint={hint} />
      </div>
    );
  if (kind.kind === 'terms')
    return (
      <div id={id} className="grid gap-4 sm:col-span-2 sm:grid-cols-2">
        {languages.map((language) => (
          <Field
            key={language}
            label={`${label} (${languageNames[language]})`}
            hint={language === 'en' ? hint : undefined}
            error={errors[`terms.${language}`] ?? (language === 'en' ? errors.terms : undefined)}
            optional
          >
            {(control) => (
              <Textarea
                {...control}
                rows={6}
                value={String(values[`terms.${language}`] ?? '')}
                onChange={(event) => onChange(`terms.${language}`, event.target.value)}
              />
            )}
          </Field>
        ))}
      </div>
    );
  const unit = kind.kind === 'number' && kind.unit ? ` (${t(`unit.${kind.unit}`)})` : '';
  return (
    <div id={id}>
      <Field label={label + unit} hint={hint} error={errors[name]} optional={'nullable' in kind && kind.nullable === true}>
        {(control) => {
          const common = {
            ...control,
            value: text,
            onChange: (event: { target: { value: string } }) => onChange(name, event.target.value),
          };
          if (kind.kind === 'money') return <MoneyInput {...common} />;
          if (kind.kind === 'lines') {
            const rows = Math.min(10, Math.max(3, text.split('\n').length));
            return <Textarea {...common} rows={rows} spellCheck={false} />;
          }
          if (kind.kind === 'language') return <LanguageSelect {...common} />;
          if (kind.kind === 'currency') return <CurrencySelect {...common} locale={language} chosen={text} />;
          if (kind.kind === 'timeZone') return <TimeZoneInput {...common} />;
          if (kind.kind === 'choice')
            return (
              <Select {...common}>
                {kind.values.map((choice) => (
                  <option key={choice} value={choice}>
                    {maybe(`settingChoice.${name}.${choice}`) ?? choice}
                  </option>
                ))}
              </Select>
            );
          return (
            <Input
              {...common}
              inputMode={kind.kind === 'number' ? 'numeric' : undefined}
              className={kind.kind === 'number' ? 'tnum' : kind.mono ? 'font-mono' : undefined}
              autoComplete="off"
              spellCheck={false}
            />
          );
        }}
      </Field>
    </div>
  );
}
