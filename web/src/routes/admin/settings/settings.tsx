import { useQueryClient } from '@tanstack/react-query';
import { MailQuestion, PenLine, Save } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, http } from '#app/api/client.ts';
import { problemOf, problemText } from '#app/api/problem.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed, NoMatch } from '#app/components/ui/empty-state.tsx';
import { SearchInput } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useUnsaved } from '#app/lib/use-unsaved.ts';
import { type MailDrafts, MailTexts } from '#app/routes/admin/settings/mail-texts.tsx';
import { SettingField } from '#app/routes/admin/settings/setting-field.tsx';
import { changesOf, type FormValues, type Settings, settingSections, toForm } from '#app/routes/admin/settings/setting-fields.ts';
import { TestMail } from '#app/routes/admin/settings/test-mail.tsx';
import { infoQuery, sessionQuery } from '#app/session/session.ts';

/** All settings on one page, with a filter. `?key=` leads to one of them. */
export function SettingsPage() {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/settings', {}, { refetchOnWindowFocus: false });
  return (
    <>
      <PageHeader title={t('nav.settings')} text={t('settings.text')} />
      {query.data ? (
        <SettingsForm settings={query.data} />
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={10} />
      )}
    </>
  );
}

function SettingsForm({ settings }: { settings: Settings }) {
  const texts = useTexts();
  const { t, maybe } = texts;
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const [before, setBefore] = useState(() => toForm(settings));
  const [values, setValues] = useState<FormValues>(before);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [testing, setTesting] = useState(false);
  const [writing, setWriting] = useState(false);
  const [drafts, setDrafts] = useState<MailDrafts>({});
  const filter = (search.get('q') ?? '').toLowerCase();
  const wanted = search.get('key');
  const changes = changesOf(before, values);
  const count = Object.keys(changes).length;

  useEffect(() => {
    if (!wanted) return;
    const field = document.getElementById(`setting-${wanted}`);
    field?.scrollIntoView({ block: 'center' });
    field?.querySelector<HTMLElement>('input,select,textarea,button')?.focus({ preventScroll: true });
  }, [wanted]);

  const mayDrop = useUnsaved(count > 0 || Object.keys(drafts).length > 0);

  const matches = (section: string, key: string): boolean =>
    [key, maybe(`setting.${key}`), maybe(`settingHint.${key}`), maybe(`settings.${section}`)].some((text) =>
      text?.toLowerCase().includes(filter),
    );
  const sections = settingSections
    .map((section) => ({ ...section, fields: section.fields.filter(([key]) => matches(section.id, key)) }))
    .filter((section) => section.fields.length > 0);

  const save = async () => {
    setBusy(true);
    setErrors({});
    setFailed(null);
    const { data, error } = await http.PATCH('/api/v1/settings', { body: changes });
    setBusy(false);
    if (data) {
      const now = toForm(data);
      setBefore(now);
      setValues(now);
      client.setQueryData(api.queryOptions('get', '/api/v1/settings', {}).queryKey, data);
      void client.invalidateQueries({ queryKey: infoQuery.queryKey });
      // What is demanded of administrators may have changed.
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      toast.success(t('ui.saved'));
      return;
    }
    const problem = problemOf(error);
    const found = Object.fromEntries(
      (problem.errors ?? []).map((each) => [
        each.field
          .split('.')
          .slice(0, each.field.startsWith('terms') ? 2 : 1)
          .join('.'),
        each.message,
      ]),
    );
    setErrors(found);
    setFailed(Object.keys(found).length > 0 ? t('problem.invalid') : problemText(error, texts));
    const first = Object.keys(found)[0];
    if (first) document.getElementById(`setting-${first.split('.')[0]}`)?.scrollIntoView({ block: 'center' });
  };

  const closeTexts = async () => {
    if (Object.keys(drafts).length > 0 && !(await mayDrop())) return;
    setDrafts({});
    setWriting(false);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      noValidate
      className="grid max-w-4xl gap-5"
    >
      <SearchInput
        className="max-w-sm"
        aria-label={t('settings.search')}
        placeholder={t('settings.search')}
        value={search.get('q') ?? ''}
        onChange={(event) => setSearch(event.target.value ? { q: event.target.value } : {}, { replace: true, preventScrollReset: true })}
      />
      {failed && <Notice tone="bad">{failed}</Notice>}
      {sections.length === 0 && <NoMatch onClear={() => setSearch({})} />}
      {sections.map((section) => (
        <Card
          key={section.id}
          title={t(`settings.${section.id}`)}
          actions={
            section.id === 'mail' && (
              <>
                <Button size="sm" icon={PenLine} onClick={() => setWriting(true)}>
                  {t('mailTexts.edit')}
                </Button>
                <Button size="sm" icon={MailQuestion} onClick={() => setTesting(true)}>
                  {t('settings.testMail')}
                </Button>
              </>
            )
          }
        >
          <div className="grid gap-5 sm:grid-cols-2">
            {section.fields.map(([key, kind]) => (
              <SettingField
                key={key}
                name={key}
                kind={kind}
                values={values}
                errors={errors}
                onChange={(name, value) => setValues((all) => ({ ...all, [name]: value }))}
              />
            ))}
          </div>
        </Card>
      ))}
      {count > 0 && (
        <div className="sticky bottom-3 z-10 flex flex-wrap items-center gap-3 rounded-lg border border-primary bg-raised px-4 py-3 shadow-float max-md:bottom-17">
          <span role="status" className="mr-auto font-medium">
            {t('settings.changed', { count })}
          </span>
          <Button onClick={() => setValues(before)}>{t('settings.discard')}</Button>
          <Button type="submit" look="primary" icon={Save} busy={busy}>
            {t('ui.save')}
          </Button>
        </div>
      )}
      {testing && <TestMail onClose={() => setTesting(false)} />}
      {writing && (
        <MailTexts
          drafts={drafts}
          onDraft={(name, words) => setDrafts(({ [name]: _former, ...others }) => (words ? { ...others, [name]: words } : others))}
          onClose={() => void closeTexts()}
        />
      )}
    </form>
  );
}
