import { useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import { LanguageSelect } from '#app/components/choices.tsx';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { chooseLanguage, useTexts } from '#app/i18n/index.ts';
import { EmailChange } from '#app/routes/portal/profile/email-change.tsx';
import { MySpokenLanguage } from '#app/routes/portal/profile/my-spoken-language.tsx';
import { type Me, sessionQuery, useSession } from '#app/session/session.ts';

const profile = z.object({ name: z.string().trim().min(1, 'invalid.required').max(120), language: z.enum(['en', 'es']) });

/** Name, language and e-mail address; the number is the administrator's to change. */
export function Profile() {
  const me = useSession();
  return me && <ProfileForm me={me} />;
}

function ProfileForm({ me }: { me: Me }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const form = useZodForm(profile, { name: me.name, language: me.language });
  const { errors, isSubmitting, isDirty } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    try {
      const { error, response } = await http.PATCH('/api/v1/me', { body: values });
      if (!response.ok) throw error;
      await chooseLanguage(values.language);
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      form.reset(values);
      toast.success(t('ui.saved'));
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <>
      <PageHeader title={t('nav.profile')} />
      <Card className="mb-5 max-w-xl">
        <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
          <FormProblem form={form} />
          <Field label={t('subscriber.name')} hint={t('my.nameHint')} error={errors.name?.message} required>
            {(control) => <Input {...control} {...form.register('name')} autoComplete="name" />}
          </Field>
          <Field label={t('shell.language')} hint={t('my.languageHint')} error={errors.language?.message}>
            {(control) => <LanguageSelect {...control} {...form.register('language')} />}
          </Field>
          <div>
            <Button type="submit" look="primary" disabled={!isDirty} busy={isSubmitting}>
              {t('ui.save')}
            </Button>
          </div>
        </form>
        <KeyValues
          className="mt-6 border-t border-line pt-4"
          rows={[
            [
              t('subscriber.number'),
              <span key="n" className="tnum">
                {me.number}
              </span>,
            ],
            [t('device.domain'), me.domain ?? '–'],
          ]}
        />
        <p className="mt-3 text-xs text-muted">{t('my.fixedHint')}</p>
      </Card>
      <MySpokenLanguage />
      <EmailChange email={me.email} />
    </>
  );
}
