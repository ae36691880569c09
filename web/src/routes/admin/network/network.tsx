import { Pencil, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { problemText } from '#app/api/problem.ts';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { InterfaceDialog, type Subject } from '#app/routes/admin/network/interface-dialog.tsx';
import { automatic, interfaceNames, type NetworkSettings, type NetworkView } from '#app/routes/admin/network/interface-form.ts';
import { PendingChange } from '#app/routes/admin/network/pending-change.tsx';
import { useNetwork } from '#app/routes/admin/network/use-network.ts';
import { OnlyAppliance } from '#app/routes/admin/system/only-appliance.tsx';

/** The addresses of the machine. A change is on trial for two minutes and goes back by itself unless it is kept (A-7). */
export function Network() {
  const { t } = useTexts();
  return (
    <>
      <PageHeader title={t('nav.ipNetwork')} text={t('net.text')} />
      <OnlyAppliance elsewhere={t('net.elsewhere')}>
        <Interfaces />
      </OnlyAppliance>
    </>
  );
}

export function Interfaces() {
  const texts = useTexts();
  const { t } = texts;
  const query = useNetwork();
  const [subject, setSubject] = useState<Subject | null>(null);
  const outcome = useOutcome(query.data?.view);

  if (!query.data) {
    return query.error ? (
      <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingBlock lines={8} />
    );
  }
  const { view, deadline } = query.data;
  const { pending } = view;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      {pending && deadline !== null && (
        <PendingChange key={pending.pending} pending={pending} deadline={deadline} answers={query.error === null} />
      )}
      {!pending && outcome === 'kept' && <Notice tone="ok" title={t('net.kept')} />}
      {!pending && outcome === 'back' && (
        <Notice tone="info" title={t('net.back')}>
          {t('net.backText')}
        </Notice>
      )}
      <div className="flex justify-end">
        <Button icon={Plus} disabled={pending !== null || view.status.length === 0} onClick={() => setSubject({ kind: 'new-vlan' })}>
          {t('net.addVlan')}
        </Button>
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-2">
        {interfaceNames(view).map((name) => (
          <InterfaceCard
            key={name}
            name={name}
            view={view}
            locked={pending !== null}
            onChange={() => setSubject({ kind: 'interface', name })}
          />
        ))}
      </div>
      <Card
        title={t('net.dns')}
        actions={
          <Button
            size="sm"
            icon={Pencil}
            disabled={pending !== null}
            aria-label={t('net.changeOf', { name: t('net.dns') })}
            onClick={() => setSubject({ kind: 'dns' })}
          >
            {t('net.change')}
          </Button>
        }
      >
        <p className="font-mono">{view.dns.length > 0 ? view.dns.join(', ') : t('net.none')}</p>
        <p className="mt-1 text-xs text-muted">{t(view.settings.dns.length > 0 ? 'net.dnsFixed' : 'net.dnsAutomatic')}</p>
      </Card>
      {subject && <InterfaceDialog view={view} subject={subject} onClose={() => setSubject(null)} />}
    </div>
  );
}

function InterfaceCard({ name, view, locked, onChange }: { name: string; view: NetworkView; locked: boolean; onChange: () => void }) {
  const { t } = useTexts();
  const status = view.status.find((each) => each.name === name);
  const settings = view.settings.interfaces.find((each) => each.name === name) ?? automatic(name);
  const addresses = status?.addresses ?? [];
  return (
    <Card
      title={<span className="font-mono">{name}</span>}
      text={settings.vlan ? t('net.vlanOf', { id: settings.vlan.id, parent: settings.vlan.parent }) : status?.mac}
      actions={
        <Button size="sm" icon={Pencil} disabled={locked} aria-label={t('net.changeOf', { name })} onClick={onChange}>
          {t('net.change')}
        </Button>
      }
    >
      <KeyValues
        rows={[
          [
            t('net.link'),
            status === undefined ? (
              <StatusLight key="l" tone="plain">
                {t('net.notThere')}
              </StatusLight>
            ) : (
              <StatusLight key="l" tone={status.link ? 'ok' : 'warn'}>
                {status.link ? (status.speed ? t('net.linkSpeed', { speed: status.speed }) : t('net.linkUp')) : t('net.linkDown')}
              </StatusLight>
            ),
          ],
          [
            t('net.addresses'),
            addresses.length > 0 ? (
              <ul key="a" className="font-mono break-all">
                {addresses.map((address) => (
                  <li key={address}>{address}</li>
                ))}
              </ul>
            ) : (
              t('net.none')
            ),
          ],
          [
            t('net.gateway'),
            <span key="g" className="font-mono break-all">
              {[status?.gateway, status?.gateway6].filter(Boolean).join(', ') || '–'}
            </span>,
          ],
          [t('net.setUp'), `IPv4: ${t(`net.method.${settings.method}`)} · IPv6: ${t(`net.ipv6.${settings.ipv6}`)}`],
        ]}
      />
    </Card>
  );
}

/** What became of the change that was on trial while this page was open: its settings stayed, or the former ones are back. */
function useOutcome(view: NetworkView | undefined): 'kept' | 'back' | null {
  const tried = useRef<NetworkSettings | null>(null);
  const [outcome, setOutcome] = useState<'kept' | 'back' | null>(null);
  useEffect(() => {
    if (!view) return;
    if (view.pending) {
      tried.current = view.settings;
      setOutcome(null);
    } else if (tried.current) {
      setOutcome(JSON.stringify(tried.current) === JSON.stringify(view.settings) ? 'kept' : 'back');
      tried.current = null;
    }
  }, [view]);
  return outcome;
}
