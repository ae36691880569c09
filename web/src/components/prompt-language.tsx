import { Select } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';

export interface PromptLanguageSelectProps {
  languages: readonly string[];
  value: string | null;
  onChange: (language: string | null) => void;
  label: string;
  /** What is heard where none is chosen. */
  otherwise: string;
  disabled?: boolean;
}

/** One of the languages there are prompts for, or none. */
export function PromptLanguageSelect({ languages, value, onChange, label, otherwise, disabled }: PromptLanguageSelectProps) {
  const { language } = useTexts();
  const names = new Intl.DisplayNames(language, { type: 'language' });
  return (
    <Select
      aria-label={label}
      className="w-56 max-w-full"
      value={value ?? ''}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
    >
      <option value="">{otherwise}</option>
      {languages.map((each) => (
        <option key={each} value={each}>
          {names.of(each)}
        </option>
      ))}
    </Select>
  );
}
