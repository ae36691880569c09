import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { languageNames } from '#app/components/choices.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, Select, Textarea } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { type Language, languages, useTexts } from '#app/i18n/index.ts';
import { useDebounced } from '#app/lib/use-debounced.ts';

type Template = Schema<'MailTemplate'>;
type Words = Template['builtIn'];
/** Texts that were changed here and not saved yet. */
export type MailDrafts = Partial<Record<Template['name'], Words>>;

interface MailTextsProps {
  drafts: MailDrafts;
  /** undefined: what is saved holds. */
  onDraft: (name: Template['name'], words: Words | undefined) => void;
  onClose: () => void;
}

/** Every mail in the operator's own words, with a preview that the server makes. */
export function MailTexts({ drafts, onDraft, onClose }: MailTextsProps) {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/mail-templates');
  const [name, setName] = useState<Template['name']>('voicemail');
  const template = query.data?.items.find((each) => each.name === name);
  return (
    <Dialog open onClose={onClose} place="wide" title={t('mailTexts.title')} description={t('mailTexts.text')}>
      {query.data && template ? (
        <div className="grid gap-4">
          <Field label={t('mailTexts.which')}>
            {(control) => (
              <Select {...control} value={name} onChange={(event) => setName(event.target.value as Template['name'])}>
                {query.data.items.map((each) => (
                  <option key={each.name} value={each.name}>
                    {drafts[each.name] ? t('mailTexts.draft', { name: t(`mail.${each.name}`) }) : t(`mail.${each.name}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Editor
            key={name}
            template={template}
            draft={drafts[name]}
            onDraft={(words) => onDraft(name, words)}
            onSaved={() => void query.refetch()}
          />
        </div>
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={6} />
      )}
    </Dialog>
  );
}

interface EditorProps {
  template: Template;
  draft: Words | undefined;
  onDraft: (words: Words | undefined) => void;
  onSaved: () => void;
}

function Editor({ template, draft, onDraft, onSaved }: EditorProps) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const [language, setLanguage] = useState<Language>(texts.language);
  const before = template.own ?? template.builtIn;
  const words = draft ?? before;
  const [busy, setBusy] = useState(false);
  const { subject, text } = words[language];
  const change = (part: Partial<Words['en']>) => {
    const now = { ...words, [language]: { ...words[language], ...part } };
    onDraft(JSON.stringify(now) === JSON.stringify(before) ? undefined : now);
  };

  const save = async (own: Words | null) => {
    setBusy(true);
    const { data: settings, error: unread } = await http.GET('/api/v1/settings');
    const { [template.name]: _former, ...others } = settings?.mailTemplates ?? {};
    const mailTemplates = own ? { ...others, [template.name]: own } : others;
    const { data, error } = settings
      ? await http.PATCH('/api/v1/settings', { body: { mailTemplates } })
      : { data: undefined, error: unread };
    setBusy(false);
    if (!data) {
      toast.error(problemText(error, texts));
      return;
    }
    client.setQueryData(api.queryOptions('get', '/api/v1/settings', {}).queryKey, data);
    onDraft(undefined);
    toast.success(t('ui.saved'));
    onSaved();
  };

  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Select
          aria-label={t('shell.language')}
          className="w-40"
          value={language}
          onChange={(event) => setLanguage(event.target.value as Language)}
        >
          {languages.map((each) => (
            <option key={each} value={each}>
              {languageNames[each]}
            </option>
          ))}
        </Select>
        {template.own && <Badge tone="info">{t('mailTexts.own')}</Badge>}
      </div>
      <Field label={t('mailTexts.subject')}>
        {(control) => <Input {...control} value={subject} onChange={(event) => change({ subject: event.target.value })} />}
      </Field>
      <Field
        label={t('mailTexts.body')}
        hint={
          <>
            {t('mailTexts.placeholders')}: <code className="font-mono">{template.placeholders.map((each) => `{{${each}}}`).join(' ')}</code>
          </>
        }
      >
        {(control) => <Textarea {...control} rows={12} value={text} onChange={(event) => change({ text: event.target.value })} />}
      </Field>
      <Preview template={template.name} subject={subject} text={text} />
      <div className="flex flex-wrap justify-end gap-2">
        {template.own && (
          <Button disabled={busy} onClick={() => void save(null)}>
            {t('mailTexts.reset')}
          </Button>
        )}
        <Button look="primary" busy={busy} disabled={!draft} onClick={() => void save(words)}>
          {t('ui.save')}
        </Button>
      </div>
    </>
  );
}

/** With the values of an example: what is typed is seen as it will be read. */
function Preview(props: { template: Template['name']; subject: string; text: string }) {
  const { t } = useTexts();
  const order = useDebounced(props, 300);
  const query = api.useQuery('post', '/api/v1/mail-templates/preview', { body: order }, { placeholderData: keepPreviousData });
  if (!query.data) return null;
  const { subject, text, unknown } = query.data;
  return (
    <section aria-label={t('mailTexts.preview')} aria-live="polite" className="rounded-lg border border-line bg-sunken px-4 py-3">
      <h3 className="label-caps mb-2 text-faint">{t('mailTexts.preview')}</h3>
      <p className="font-semibold break-words">{subject}</p>
      <p className="mt-2 break-words whitespace-pre-wrap">{text}</p>
      {unknown.length > 0 && (
        <Notice tone="warn" className="mt-3">
          {t('mailTexts.unknown', { names: unknown.join(', ') })}
        </Notice>
      )}
    </section>
  );
}
