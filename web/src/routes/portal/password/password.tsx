import { Card } from '#app/components/ui/card.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { useT } from '#app/i18n/index.ts';
import { PasswordForm } from '#app/session/password-form.tsx';

export function Password() {
  const t = useT();
  return (
    <>
      <PageHeader title={t('nav.password')} text={t('my.passwordText')} />
      <Card className="max-w-xl">
        <PasswordForm />
      </Card>
    </>
  );
}
