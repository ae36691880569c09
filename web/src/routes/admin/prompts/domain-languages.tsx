import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { PromptLanguageSelect } from '#app/components/prompt-language.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** What services speak to the subscribers of each domain. */
export function DomainLanguages() {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/prompt-languages/domains');
  const choose = async (domain: string, language: string | null) => {
    const { error, response } = await http.PUT('/api/v1/prompt-languages/domains/{domain}', {
      params: { path: { domain } },
      body: { language },
    });
    if (!response.ok) toast.error(problemText(error, texts));
    await query.refetch();
  };
  if (!query.data) return null;
  const { languages, items } = query.data;
  return (
    <Card title={t('prompts.spoken')} text={t('prompts.spokenText')}>
      <ul className="grid gap-3">
        {items.map(({ domain, language }) => (
          <li key={domain} className="flex flex-wrap items-center justify-between gap-x-5 gap-y-1.5">
            <span className="font-medium break-all">{domain}</span>
            <PromptLanguageSelect
              languages={languages}
              value={language}
              onChange={(chosen) => void choose(domain, chosen)}
              label={t('prompts.spokenIn', { name: domain })}
              otherwise={t('prompts.asPages')}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
