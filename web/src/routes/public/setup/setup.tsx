import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useNavigate } from 'react-router';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { problemOf } from '#app/api/problem.ts';
import { CurrencySelect, LanguageSelect, TimeZoneInput } from '#app/components/choices.tsx';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { Stepper } from '#app/components/ui/progress.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { FrontCard } from '#app/routes/public/front-card.tsx';
import { infoQuery, replaceSession } from '#app/session/session.ts';

const setup = z
  .object({
    code: z.string().trim().min(1, 'invalid.required'),
    login: z
      .string()
      .trim()
      .regex(/^[A-Za-z][A-Za-z0-9._@-]{1,59}$/, 'invalid.login'),
    name: z.string().trim().min(1, 'invalid.required'),
    password: z.string().min(10, 'invalid.passwordShort'),
    again: z.string(),
    domain: z.string().trim().min(1, 'invalid.required'),
    currency: z.string(),
    timeZone: z.string().trim().min(1, 'invalid.required'),
    language: z.enum(['en', 'es']),
  })
  .refine((values) => values.password === values.again, { path: ['again'], error: 'invalid.passwordDiffers', when: () => true });

/** Fields of each step; a step is left only when its own are right. */
const steps = [['code'], ['login', 'name', 'password', 'again'], ['domain', 'currency', 'timeZone', 'language']] as const;

/** First run: the code from the console, the first administrator, domain and currency (H-5). */
export function Setup() {
  const { t } = useTexts();
  const info = useQuery(infoQuery).data;
  if (!info)
    return (
      <FrontCard title={t('setup.title')}>
        <LoadingBlock />
      </FrontCard>
    );
  if (!info.setupNeeded) return <Navigate to="/login" replace />;
  return (
    <FrontCard title={t('setup.title')} text={t('setup.text')}>
      <SetupForm domain={info.domain} currency={info.currency} timeZone={info.timeZone} />
    </FrontCard>
  );
}

function SetupForm({ domain, currency, timeZone }: { domain: string; currency: string; timeZone: string }) {
  const texts = useTexts();
  const { t, language } = texts;
  const navigate = useNavigate();
  const client = useQueryClient();
  const [step, setStep] = useState(0);
  const form = useZodForm(setup, {
    code: '',
    login: '',
    name: '',
    password: '',
    again: '',
    domain: domain === 'localhost' ? location.hostname : domain,
    currency,
    // Machines in racks run in UTC: there the browser knows better where the company is.
    timeZone: /^(Etc\/)?(UTC|GMT)$/.test(timeZone) ? Intl.DateTimeFormat().resolvedOptions().timeZone : timeZone,
    language,
  });
  const { errors, isSubmitting } = form.formState;

  const finish = form.handleSubmit(async (values) => {
    const { code, login, name, password, ...company } = values;
    const { again: _, ...rest } = company;
    try {
      const { data, error } = await http.POST('/api/v1/setup', { body: { code, admin: { login, name, password }, ...rest } });
      if (!data) throw error;
      await client.invalidateQueries({ queryKey: infoQuery.queryKey });
      replaceSession(data);
      toast.success(t('setup.done'));
      await navigate('/admin', { replace: true });
    } catch (error) {
      const fields = (problemOf(error).errors ?? []).map((each) => each.field.replace(/^admin\./, ''));
      const wrong = steps.findIndex((names) => names.some((name) => fields.includes(name)));
      const wrongCode = problemOf(error).code.includes('code');
      if (wrongCode) setStep(0);
      else if (wrong >= 0) setStep(wrong);
      showProblem(form, error, texts, { 'admin.login': 'login', 'admin.name': 'name', 'admin.password': 'password' });
    }
  });

  const next = async () => {
    if (await form.trigger([...(steps[step] ?? [])])) setStep(step + 1);
  };

  return (
    <form
      className="grid gap-5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (step < steps.length - 1) void next();
        else void finish();
      }}
    >
      <Stepper label={t('setup.steps')} steps={[t('setup.stepCode'), t('setup.stepAdmin'), t('setup.stepCompany')]} current={step} />
      <FormProblem form={form} />
      {step === 0 && (
        <Field label={t('setup.code')} hint={t('setup.codeHint')} error={errors.code?.message} required>
          {(control) => (
            <Input
              {...control}
              {...form.register('code')}
              className="font-mono text-lg tracking-widest"
              autoComplete="one-time-code"
              autoCapitalize="characters"
              spellCheck={false}
              autoFocus
            />
          )}
        </Field>
      )}
      {step === 1 && (
        <>
          <p className="text-muted">{t('setup.adminText')}</p>
          <Field label={t('setup.login')} error={errors.login?.message} required>
            {(control) => <Input {...control} {...form.register('login')} autoComplete="username" autoCapitalize="none" autoFocus />}
          </Field>
          <Field label={t('setup.name')} error={errors.name?.message} required>
            {(control) => <Input {...control} {...form.register('name')} autoComplete="name" />}
          </Field>
          <Field label={t('setup.password')} hint={t('reset.hint')} error={errors.password?.message} required>
            {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
          </Field>
          <Field label={t('setup.passwordAgain')} error={errors.again?.message} required>
            {(control) => <PasswordInput {...control} {...form.register('again')} autoComplete="new-password" />}
          </Field>
        </>
      )}
      {step === 2 && (
        <>
          <Field label={t('setup.domain')} hint={t('setup.domainHint')} error={errors.domain?.message} required>
            {(control) => <Input {...control} {...form.register('domain')} autoCapitalize="none" spellCheck={false} autoFocus />}
          </Field>
          <Field label={t('setup.currency')} hint={t('setup.currencyHint')} error={errors.currency?.message} required>
            {(control) => <CurrencySelect {...control} {...form.register('currency')} locale={language} chosen={currency} />}
          </Field>
          <Field label={t('setting.timeZone')} hint={t('setup.timeZoneHint')} error={errors.timeZone?.message} required>
            {(control) => <TimeZoneInput {...control} {...form.register('timeZone')} />}
          </Field>
          <Field label={t('setup.language')} error={errors.language?.message}>
            {(control) => <LanguageSelect {...control} {...form.register('language')} />}
          </Field>
        </>
      )}
      <div className="flex justify-between gap-2">
        {step > 0 ? <Button onClick={() => setStep(step - 1)}>{t('ui.back')}</Button> : <span />}
        <Button type="submit" look="primary" busy={isSubmitting}>
          {t(step < steps.length - 1 ? 'ui.next' : 'setup.submit')}
        </Button>
      </div>
    </form>
  );
}
