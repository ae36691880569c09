import { useState } from 'react';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { problemOf } from '#app/api/problem.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { CodeInput } from '#app/session/code-input.tsx';
import type { Me } from '#app/session/session.ts';

/** What is asked for: login and password, and then, where there is a second factor, a code of the app or a recovery code. */
type Step = 'password' | 'code' | 'recovery';

const login = z.object({
  login: z.string().trim().min(1, 'invalid.required'),
  password: z.string().min(1, 'invalid.required'),
  code: z.string().trim(),
});

export function LoginForm({ onDone, startWith = '' }: { onDone: (me: Me) => void; startWith?: string }) {
  const texts = useTexts();
  const { t } = texts;
  const [step, setStep] = useState<Step>('password');
  const form = useZodForm(login, { login: startWith, password: '', code: '' });
  const { errors, isSubmitting } = form.formState;

  const go = (next: Step) => {
    form.clearErrors();
    form.setValue('code', '');
    setStep(next);
  };

  const submit = form.handleSubmit(async ({ code, ...values }) => {
    if (step !== 'password' && code === '') return form.setError('code', { message: 'invalid.required' }, { shouldFocus: true });
    try {
      const { data, error } = await http.POST('/api/v1/session', { body: step === 'password' ? values : { ...values, code } });
      if (!data) throw error;
      onDone(data);
    } catch (error) {
      if (problemOf(error).code === 'second-factor-required') go('code');
      else showProblem(form, error, texts);
    }
  });

  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
      <FormProblem form={form} />
      {step === 'password' ? (
        <>
          <Field label={t('login.login')} error={errors.login?.message} hint={t('login.loginHint')} required>
            {(control) => (
              <Input {...control} {...form.register('login')} autoComplete="username" autoCapitalize="none" autoFocus={startWith === ''} />
            )}
          </Field>
          <Field label={t('login.password')} error={errors.password?.message} required>
            {(control) => (
              <PasswordInput {...control} {...form.register('password')} autoComplete="current-password" autoFocus={startWith !== ''} />
            )}
          </Field>
        </>
      ) : (
        <>
          <p role="status">{t('factor.loginText')}</p>
          {step === 'code' ? (
            <Field key="code" label={t('factor.code')} error={errors.code?.message} hint={t('factor.loginHint')} required>
              {(control) => <CodeInput {...control} {...form.register('code')} autoFocus />}
            </Field>
          ) : (
            <Field key="recovery" label={t('factor.recovery')} error={errors.code?.message} hint={t('factor.recoveryHint')} required>
              {(control) => (
                <Input
                  {...control}
                  {...form.register('code')}
                  className="font-mono"
                  autoComplete="off"
                  autoCapitalize="characters"
                  spellCheck={false}
                  autoFocus
                />
              )}
            </Field>
          )}
        </>
      )}
      <Button type="submit" look="primary" size="lg" busy={isSubmitting}>
        {t('login.submit')}
      </Button>
      {step !== 'password' && (
        <>
          <div className="flex flex-wrap justify-between gap-x-4 gap-y-1">
            <Button look="link" size="inline" onClick={() => go('password')}>
              {t('ui.back')}
            </Button>
            <Button look="link" size="inline" onClick={() => go(step === 'code' ? 'recovery' : 'code')}>
              {t(step === 'code' ? 'factor.useRecovery' : 'factor.useCode')}
            </Button>
          </div>
          <p className="text-xs text-muted">{t('factor.lost')}</p>
        </>
      )}
    </form>
  );
}
