import { PageHeader } from '#app/components/ui/page-header.tsx';
import { Tabs } from '#app/components/ui/tabs.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { FirewallRules } from '#app/routes/admin/firewall/firewall-rules.tsx';
import { SshKeys } from '#app/routes/admin/firewall/ssh-keys.tsx';
import { OnlyAppliance } from '#app/routes/admin/system/only-appliance.tsx';

/** What of this machine can be reached from outside, and by whom. */
export function FirewallPage() {
  const { t } = useTexts();
  return (
    <>
      <PageHeader title={t('nav.firewall')} text={t('firewall.text')} />
      <OnlyAppliance elsewhere={t('firewall.elsewhere')}>
        <Tabs
          label={t('nav.firewall')}
          tabs={[
            { id: 'rules', label: t('firewall.rules'), content: <FirewallRules /> },
            { id: 'ssh', label: 'SSH', content: <SshKeys /> },
          ]}
        />
      </OnlyAppliance>
    </>
  );
}
