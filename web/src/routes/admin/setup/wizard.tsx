import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { problemText } from '#app/api/problem.ts';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { BackupStep } from '#app/routes/admin/setup/backup-step.tsx';
import { CurrencyStep, DomainStep, SignupStep, TimeZoneStep } from '#app/routes/admin/setup/company-steps.tsx';
import { GatewayStep } from '#app/routes/admin/setup/gateway-step.tsx';
import { MailStep } from '#app/routes/admin/setup/mail-step.tsx';
import { NetworkStep } from '#app/routes/admin/setup/network-step.tsx';
import { StepList } from '#app/routes/admin/setup/step-list.tsx';
import { isWizardStep, type StepProps, useSay, useSteps, type WizardStep } from '#app/routes/admin/setup/steps.ts';

const pages: Record<WizardStep, (props: StepProps) => React.ReactNode> = {
  domain: DomainStep,
  network: NetworkStep,
  timeZone: TimeZoneStep,
  mail: MailStep,
  currency: CurrencyStep,
  gateway: GatewayStep,
  signup: SignupStep,
  backup: BackupStep,
};

/** The rest of the set-up, step by step. Each step can be left for later; where one is, is in the URL, and what is done is kept by the server. */
export function SetupWizard() {
  const texts = useTexts();
  const { t } = texts;
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const query = useSteps();
  const say = useSay();
  const [busy, setBusy] = useState(false);

  if (!query.data)
    return query.error ? (
      <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingBlock lines={8} />
    );
  const steps = query.data.items.filter((step) => isWizardStep(step.key));
  const asked = search.get('step');
  const here = steps.find((step) => step.key === asked) ?? steps.find((step) => step.state === 'open');
  if (asked === 'end' || !here || !isWizardStep(here.key)) return <End />;
  const key = here.key;
  const index = steps.findIndex((step) => step.key === key);
  const Page = pages[key];

  const goOn = () => {
    const next = steps[index + 1];
    setSearch({ step: next ? next.key : 'end' });
    window.scrollTo(0, 0);
  };
  const leave = async (state: 'done' | 'skipped') => {
    setBusy(true);
    try {
      // Left for later, a step that was taken before stays taken.
      if (state === 'done' || here.state !== 'done') await say(key, state);
      goOn();
    } catch (error) {
      toast.error(problemText(error, texts));
    }
    setBusy(false);
  };

  return (
    <>
      <PageHeader title={t('wizard.title')} text={t('wizard.text')} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[15rem_minmax(0,1fr)]">
        <StepList steps={steps} current={key} onChoose={(step) => setSearch({ step })} />
        <Card
          title={t(`wizard.${key}`)}
          text={t(`wizard.${key}Text`)}
          actions={<span className="text-xs text-muted">{t('wizard.count', { at: index + 1, all: steps.length })}</span>}
        >
          <Page key={key} onDone={() => leave('done')} />
          <div className="mt-5 flex flex-wrap justify-between gap-2 border-t border-line pt-4">
            <Button
              disabled={index === 0}
              onClick={() => {
                const before = steps[index - 1];
                if (before) setSearch({ step: before.key });
              }}
            >
              {t('ui.back')}
            </Button>
            <span className="flex gap-2">
              <Button look="quiet" onClick={() => void navigate('/admin')}>
                {t('wizard.home')}
              </Button>
              <Button busy={busy} onClick={() => void leave('skipped')}>
                {t(here.state === 'done' ? 'wizard.goOn' : 'wizard.skip')}
              </Button>
            </span>
          </div>
        </Card>
      </div>
    </>
  );
}

function End() {
  const { t } = useTexts();
  return (
    <>
      <PageHeader title={t('wizard.endTitle')} text={t('wizard.endText')} />
      <div className="flex flex-wrap gap-2">
        <ButtonLink look="primary" to="/admin">
          {t('wizard.home')}
        </ButtonLink>
        <ButtonLink to="/admin/setup?step=domain">{t('wizard.again')}</ButtonLink>
      </div>
    </>
  );
}
