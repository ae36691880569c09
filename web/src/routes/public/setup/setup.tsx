import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useNavigate } from 'react-router';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { problemOf } from '#app/api/problem.ts';
import { LanguageSelect } from '#app/components/choices.tsx';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { Stepper } from '#app/components/ui/progress.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { RestorePanel } from '#app/routes/admin/backups/restore-panel.tsx';
import { FrontCard } from '#app/routes/public/front-card.tsx';
import { infoQuery, replaceSession, useSession } from '#app/session/session.ts';

/** The code outlives a reload of the page, not the tab: it is worth nothing once there is an administrator. */
const codeKey = 'dialtone.setup-code';

/** First run: the code from the console, then the first administrator (H-5). Everything else can wait and has a page behind the log-in. */
export function Setup() {
  const { t } = useTexts();
  const info = useQuery(infoQuery).data;
  const me = useSession();
  const [code, setCode] = useState<string | null>(() => sessionStorage.getItem(codeKey));
  const [restoring, setRestoring] = useState(false);
  const change = (next: string | null) => {
    if (next === null) sessionStorage.removeItem(codeKey);
    else sessionStorage.setItem(codeKey, next);
    setCode(next);
  };
  if (!info)
    return (
      <FrontCard title={t('setup.title')}>
        <LoadingBlock />
      </FrontCard>
    );
  if (!info.setupNeeded) return <Navigate to={me?.role === 'admin' ? '/admin/setup' : '/login'} replace />;
  if (code !== null && restoring)
    return (
      <FrontCard title={t('setup.restore')} text={t('setup.restoreText')} wide>
        <RestorePanel setupCode={code} />
        <Button className="mt-5" onClick={() => setRestoring(false)}>
          {t('ui.back')}
        </Button>
      </FrontCard>
    );
  return (
    <FrontCard title={t('setup.title')} text={t('setup.text')}>
      <div className="grid gap-5">
        <Stepper
          label={t('setup.steps')}
          steps={[t('setup.stepCode'), t('setup.stepAdmin'), t('setup.stepRest')]}
          current={code === null ? 0 : 1}
        />
        {code === null ? (
          <CodeForm
            onCode={(found, restore) => {
              setRestoring(restore);
              change(found);
            }}
          />
        ) : (
          <AdminForm code={code} onBack={() => change(null)} onDone={() => sessionStorage.removeItem(codeKey)} />
        )}
      </div>
    </FrontCard>
  );
}

const codeForm = z.object({ code: z.string().trim().min(1, 'invalid.required') });

/** A wrong code is told here, before anything else is typed. */
function CodeForm({ onCode }: { onCode: (code: string, restore: boolean) => void }) {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(codeForm, { code: '' });
  const { errors, isSubmitting } = form.formState;
  const check = (restore: boolean) =>
    form.handleSubmit(async ({ code }) => {
      try {
        const { error, response } = await http.POST('/api/v1/setup/check', { body: { code } });
        if (!response.ok) throw error;
        onCode(code, restore);
      } catch (error) {
        showProblem(form, error, texts);
      }
    })();
  return (
    <form
      className="grid gap-5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void check(false);
      }}
    >
      <FormProblem form={form} />
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
      <div className="flex flex-wrap justify-between gap-2">
        <Button look="quiet" onClick={() => void check(true)}>
          {t('setup.restoreInstead')}
        </Button>
        <Button type="submit" look="primary" busy={isSubmitting}>
          {t('ui.next')}
        </Button>
      </div>
    </form>
  );
}

const adminForm = z
  .object({
    login: z
      .string()
      .trim()
      .regex(/^[A-Za-z][A-Za-z0-9._@-]{1,59}$/, 'invalid.login'),
    name: z.string().trim().min(1, 'invalid.required'),
    email: z.union([z.literal(''), z.email('invalid.email')]),
    password: z.string().min(10, 'invalid.passwordShort'),
    again: z.string(),
    language: z.enum(['en', 'es']),
  })
  .refine((values) => values.password === values.again, { path: ['again'], error: 'invalid.passwordDiffers', when: () => true });

function AdminForm({ code, onBack, onDone }: { code: string; onBack: () => void; onDone: () => void }) {
  const texts = useTexts();
  const { t, language } = texts;
  const navigate = useNavigate();
  const client = useQueryClient();
  const form = useZodForm(adminForm, { login: '', name: '', email: '', password: '', again: '', language });
  const { errors, isSubmitting } = form.formState;

  const finish = form.handleSubmit(async ({ login, name, email, password, language: spoken }) => {
    try {
      const admin = { login, name, password, email: email === '' ? null : email };
      const { data, error } = await http.POST('/api/v1/setup', { body: { code, admin, language: spoken } });
      if (!data) throw error;
      onDone();
      replaceSession(data);
      await client.invalidateQueries({ queryKey: infoQuery.queryKey });
      await navigate('/admin/setup', { replace: true });
    } catch (error) {
      // The server was started again, or somebody made a new code.
      if (problemOf(error).code === 'setup-code-wrong') onBack();
      showProblem(form, error, texts, {
        'admin.login': 'login',
        'admin.name': 'name',
        'admin.email': 'email',
        'admin.password': 'password',
      });
    }
  });

  return (
    <form className="grid gap-5" noValidate onSubmit={(event) => void finish(event)}>
      <FormProblem form={form} />
      <p className="text-muted">{t('setup.adminText')}</p>
      <Field label={t('setup.login')} error={errors.login?.message} required>
        {(control) => <Input {...control} {...form.register('login')} autoComplete="username" autoCapitalize="none" autoFocus />}
      </Field>
      <Field label={t('setup.name')} error={errors.name?.message} required>
        {(control) => <Input {...control} {...form.register('name')} autoComplete="name" />}
      </Field>
      <Field label={t('setup.email')} hint={t('setup.emailHint')} error={errors.email?.message} optional>
        {(control) => <Input {...control} {...form.register('email')} type="email" autoComplete="email" />}
      </Field>
      <Field label={t('setup.password')} hint={t('reset.hint')} error={errors.password?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
      </Field>
      <Field label={t('setup.passwordAgain')} error={errors.again?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('again')} autoComplete="new-password" />}
      </Field>
      <Field label={t('setup.language')} error={errors.language?.message}>
        {(control) => <LanguageSelect {...control} {...form.register('language')} />}
      </Field>
      <div className="flex justify-between gap-2">
        <Button onClick={onBack}>{t('ui.back')}</Button>
        <Button type="submit" look="primary" busy={isSubmitting}>
          {t('setup.submit')}
        </Button>
      </div>
    </form>
  );
}
