import { useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { z } from 'zod';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { LanguageSelect } from '#app/components/choices.tsx';
import { useZodForm } from '#app/components/form.tsx';
import { FormDialog } from '#app/components/form-dialog.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { FittedRows } from '#app/components/table/rows.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, PasswordInput } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { Ago } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { optionalEmail } from '#app/lib/schemas.ts';
import { SecondFactorCard } from '#app/routes/admin/admins/second-factor-card.tsx';
import { PasswordForm } from '#app/session/password-form.tsx';
import { useSession } from '#app/session/session.ts';

type Admin = Schema<'Admin'>;

/** Who may do everything, and the own password and second factor. */
export function Admins() {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const me = useSession();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const query = api.useQuery('get', '/api/v1/admins');

  const erase = async (admin: Admin) => {
    const yes = await ask({
      title: t('admins.deleteTitle', { name: admin.name }),
      text: t('admins.deleteText'),
      action: t('ui.delete'),
      danger: true,
    });
    if (!yes) return;
    const { error, response } = await http.DELETE('/api/v1/admins/{id}', { params: { path: { id: admin.id } } });
    if (response.ok) await client.invalidateQueries({ queryKey: ['get', '/api/v1/admins'] });
    else toast.error(problemText(error, texts));
  };

  const columns: Column<Admin>[] = [
    { id: 'login', header: t('login.login'), cell: (row) => <span className="font-medium">{row.login}</span>, width: 150, priority: 1 },
    { id: 'name', header: t('subscriber.name'), cell: (row) => row.name, width: 190, priority: 1 },
    { id: 'email', header: t('subscriber.email'), cell: (row) => row.email ?? '–', width: 210, priority: 2 },
    {
      id: 'factor',
      header: t('factor.column'),
      cell: (row) => <Badge tone={row.secondFactorSince ? 'ok' : 'plain'}>{t(row.secondFactorSince ? 'factor.on' : 'factor.off')}</Badge>,
      width: 130,
      priority: 2,
    },
    { id: 'last', header: t('admins.lastLogin'), cell: (row) => <Ago at={row.lastLoginAt} />, width: 130, priority: 2 },
    {
      id: 'delete',
      header: t('ui.delete'),
      cell: (row) =>
        row.id === me?.adminId ? (
          <span className="text-muted">{t('admins.you')}</span>
        ) : (
          <Button
            look="danger-quiet"
            size="icon-sm"
            icon={Trash2}
            aria-label={t('admins.deleteTitle', { name: row.name })}
            onClick={() => void erase(row)}
          />
        ),
      width: 90,
      priority: 1,
    },
  ];
  const add = (
    <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
      {t('admins.add')}
    </Button>
  );

  return (
    <>
      <PageHeader title={t('nav.admins')} text={t('admins.text')} actions={add} />
      <div className="grid gap-5">
        <Card flush>
          {query.data ? (
            <FittedRows
              caption={t('nav.admins')}
              columns={columns}
              rows={query.data.items}
              rowKey={(row) => row.id}
              rowName={(row) => row.login}
            />
          ) : query.error ? (
            <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
          ) : (
            <LoadingBlock className="p-5" />
          )}
        </Card>
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
          <Card title={t('admins.ownPassword')}>
            <PasswordForm />
          </Card>
          <SecondFactorCard />
        </div>
      </div>
      {adding && <AdminDialog onClose={() => setAdding(false)} />}
    </>
  );
}

const adminForm = z.object({
  login: z
    .string()
    .trim()
    .regex(/^[A-Za-z][A-Za-z0-9._@-]{1,59}$/, 'invalid.login'),
  name: z.string().trim().min(1, 'invalid.required'),
  email: optionalEmail,
  language: z.enum(['en', 'es']),
  password: z.string().min(10, 'invalid.passwordShort'),
});

function AdminDialog({ onClose }: { onClose: () => void }) {
  const { t, language } = useTexts();
  const form = useZodForm(adminForm, { login: '', name: '', email: '', language, password: '' });
  const { errors } = form.formState;
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={t('admins.add')}
      action={t('admins.add')}
      lists={['/api/v1/admins']}
      save={({ email, ...values }) => http.POST('/api/v1/admins', { body: { ...values, email: email || null } })}
    >
      <Field label={t('login.login')} error={errors.login?.message} required>
        {(control) => <Input {...control} {...form.register('login')} autoComplete="off" autoCapitalize="none" autoFocus />}
      </Field>
      <Field label={t('subscriber.name')} error={errors.name?.message} required>
        {(control) => <Input {...control} {...form.register('name')} autoComplete="off" />}
      </Field>
      <Field label={t('subscriber.email')} error={errors.email?.message} optional>
        {(control) => <Input {...control} {...form.register('email')} type="email" autoComplete="off" />}
      </Field>
      <Field label={t('shell.language')} error={errors.language?.message}>
        {(control) => <LanguageSelect {...control} {...form.register('language')} />}
      </Field>
      <Field label={t('login.password')} hint={t('reset.hint')} error={errors.password?.message} required>
        {(control) => <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />}
      </Field>
    </FormDialog>
  );
}
