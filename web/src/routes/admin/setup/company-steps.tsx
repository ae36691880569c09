import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { CurrencySelect, TimeZoneInput } from '#app/components/choices.tsx';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { ChoiceCards } from '#app/components/ui/choice-cards.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import type { StepProps } from '#app/routes/admin/setup/steps.ts';
import { useSettings } from '#app/routes/admin/setup/use-settings.ts';

type Settings = Schema<'Settings'>;

/** A form of the wizard. */
const layout = 'grid max-w-xl gap-5';

const filled = z.string().trim().min(1, 'invalid.required');

interface FormProps extends StepProps {
  settings: Settings;
  save: (changes: Schema<'SettingsPatch'>) => Promise<void>;
}

/** Waits for the settings: a form starts with what is set. */
function WithSettings({ onDone, form: Form }: StepProps & { form: (props: FormProps) => ReactNode }) {
  const texts = useTexts();
  const { query, settings, save } = useSettings();
  if (settings) return <Form onDone={onDone} settings={settings} save={save} />;
  return query.error ? <Notice tone="bad">{problemText(query.error, texts)}</Notice> : <LoadingBlock />;
}

export function SaveButton({ busy, label }: { busy: boolean; label?: string }) {
  const { t } = useTexts();
  return (
    <div>
      <Button type="submit" look="primary" busy={busy}>
        {label ?? t('wizard.save')}
      </Button>
    </div>
  );
}

/** Name of the company and SIP domain. */
export const DomainStep = (props: StepProps) => <WithSettings {...props} form={DomainForm} />;
const domainForm = z.object({ operatorName: filled, sipDomain: filled.regex(/^[A-Za-z0-9.:-]{1,253}$/, 'wizard.domainWrong') });
function DomainForm({ settings, save, onDone }: FormProps) {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(domainForm, {
    operatorName: settings.operatorName,
    sipDomain: settings.sipDomain === 'localhost' ? location.hostname.replace(/^\[|\]$/g, '') : settings.sipDomain,
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit((values) =>
    save(values)
      .then(onDone)
      .catch((error: unknown) => showProblem(form, error, texts)),
  );
  return (
    <form className={layout} noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem form={form} />
      <Field label={t('setting.operatorName')} hint={t('wizard.operatorHint')} error={errors.operatorName?.message} required>
        {(control) => <Input {...control} {...form.register('operatorName')} autoComplete="organization" />}
      </Field>
      <Field label={t('setup.domain')} hint={t('setup.domainHint')} error={errors.sipDomain?.message} required>
        {(control) => <Input {...control} {...form.register('sipDomain')} autoCapitalize="none" autoComplete="off" spellCheck={false} />}
      </Field>
      <SaveButton busy={isSubmitting} />
    </form>
  );
}

/** Machines in racks run in UTC: there the browser knows better where the company is. */
const proposedZone = (set: string): string => (/^(Etc\/)?(UTC|GMT)$/.test(set) ? Intl.DateTimeFormat().resolvedOptions().timeZone : set);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const TimeZoneStep = (props: StepProps) => <WithSettings {...props} form={TimeZoneForm} />;
const timeZoneForm = z.object({ timeZone: filled.refine(isTimeZone, 'wizard.zoneWrong') });
function TimeZoneForm({ settings, save, onDone }: FormProps) {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(timeZoneForm, { timeZone: proposedZone(settings.timeZone) });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit((values) =>
    save(values)
      .then(onDone)
      .catch((error: unknown) => showProblem(form, error, texts)),
  );
  return (
    <form className={layout} noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem form={form} />
      <Field label={t('setting.timeZone')} hint={t('setup.timeZoneHint')} error={errors.timeZone?.message} required>
        {(control) => <TimeZoneInput {...control} {...form.register('timeZone')} />}
      </Field>
      <SaveButton busy={isSubmitting} />
    </form>
  );
}

export const CurrencyStep = (props: StepProps) => <WithSettings {...props} form={CurrencyForm} />;
const currencyForm = z.object({ currency: filled });
function CurrencyForm({ settings, save, onDone }: FormProps) {
  const texts = useTexts();
  const { t, language } = texts;
  const form = useZodForm(currencyForm, { currency: settings.currency });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit((values) =>
    save(values)
      .then(onDone)
      .catch((error: unknown) => showProblem(form, error, texts)),
  );
  return (
    <form className={layout} noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem form={form} />
      <Field label={t('setup.currency')} hint={t('setup.currencyHint')} error={errors.currency?.message} required>
        {(control) => <CurrencySelect {...control} {...form.register('currency')} locale={language} chosen={settings.currency} />}
      </Field>
      <SaveButton busy={isSubmitting} />
    </form>
  );
}

const policies = ['open', 'approval', 'closed'] as const;

export const SignupStep = (props: StepProps) => <WithSettings {...props} form={SignupForm} />;
function SignupForm({ settings, save, onDone }: FormProps) {
  const texts = useTexts();
  const { t } = texts;
  const [policy, setPolicy] = useState(settings.signupPolicy);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const submit = async () => {
    setBusy(true);
    setFault(null);
    try {
      await save({ signupPolicy: policy });
      await onDone();
    } catch (error) {
      setFault(problemText(error, texts));
    }
    setBusy(false);
  };
  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {fault && <Notice tone="bad">{fault}</Notice>}
      <ChoiceCards
        legend={t('setting.signupPolicy')}
        value={policy}
        onChange={setPolicy}
        choices={policies.map((value) => ({ value, title: t(`settingChoice.signupPolicy.${value}`), text: t(`wizard.signup.${value}`) }))}
      />
      <SaveButton busy={busy} />
    </form>
  );
}
