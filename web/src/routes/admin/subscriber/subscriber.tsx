import { Ban, Banknote, CircleCheck, KeyRound, MoreHorizontal, Pencil, Route, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api } from '#app/api/client.ts';
import { problemOf, problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Money } from '#app/components/money.tsx';
import { Online, SubscriberStatus } from '#app/components/status-badges.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { StatTile } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Menu, MenuItem, MenuLine } from '#app/components/ui/menu.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { Tabs } from '#app/components/ui/tabs.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { CreditDialog } from '#app/routes/admin/subscriber/credit-dialog.tsx';
import { EditDialog } from '#app/routes/admin/subscriber/edit-dialog.tsx';
import { Overview } from '#app/routes/admin/subscriber/overview.tsx';
import { PasswordDialog } from '#app/routes/admin/subscriber/password-dialog.tsx';
import { Permissions } from '#app/routes/admin/subscriber/permissions.tsx';
import { SubscriberCalls } from '#app/routes/admin/subscriber/subscriber-calls.tsx';
import { SubscriberDevices } from '#app/routes/admin/subscriber/subscriber-devices.tsx';
import { SubscriberLedger } from '#app/routes/admin/subscriber/subscriber-ledger.tsx';
import { SubscriberNotes } from '#app/routes/admin/subscriber/subscriber-notes.tsx';
import { SubscriberVoicemail } from '#app/routes/admin/subscriber/subscriber-voicemail.tsx';
import { useSubscriberActions } from '#app/routes/admin/subscriber/use-subscriber-actions.ts';

export type Subscriber = Schema<'Subscriber'>;

export function SubscriberPage() {
  const texts = useTexts();
  const { t } = texts;
  const id = Number(useParams().id);
  const query = api.useQuery('get', '/api/v1/subscribers/{id}', { params: { path: { id } } });
  const crumbs = [{ label: t('nav.subscribers'), to: '/admin/subscribers' }];

  if (query.data) return <Body subscriber={query.data} />;
  return (
    <>
      <PageHeader title={t('subscriber.one')} crumbs={crumbs} />
      {query.error && problemOf(query.error).code !== '' ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={6} />
      )}
    </>
  );
}

type Open = 'credit' | 'edit' | 'sip-password' | 'portal-password' | null;

function Body({ subscriber }: { subscriber: Subscriber }) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Open>(null);
  const actions = useSubscriberActions(subscriber);
  const close = () => setOpen(null);
  const closed = subscriber.status === 'closed';

  return (
    <>
      <PageHeader
        name={`${subscriber.number} ${subscriber.displayName}`}
        crumbs={[{ label: t('nav.subscribers'), to: '/admin/subscribers' }]}
        title={
          <span className="flex flex-wrap items-baseline gap-x-3">
            <span className="tnum">{subscriber.number}</span>
            <span className="font-normal text-muted">{subscriber.displayName}</span>
          </span>
        }
        text={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <SubscriberStatus status={subscriber.status} />
            <Online online={subscriber.online} />
            {subscriber.activeCalls > 0 && <Badge tone="info">{t('subscriber.onThePhone', { count: subscriber.activeCalls })}</Badge>}
            <span>{`sip:${subscriber.number}@${subscriber.domain}`}</span>
          </span>
        }
        actions={
          !closed && (
            <>
              <Button look="primary" icon={Banknote} onClick={() => setOpen('credit')}>
                {t('credit.add')}
              </Button>
              <ButtonLink icon={Route} to={`/admin/route-test?from=${encodeURIComponent(subscriber.number)}`}>
                {t('subscriber.test')}
              </ButtonLink>
              <Menu trigger={<Button size="icon" icon={MoreHorizontal} aria-label={t('subscriber.more')} />}>
                <MenuItem icon={Pencil} onSelect={() => setOpen('edit')}>
                  {t('subscriber.edit')}
                </MenuItem>
                <MenuItem icon={KeyRound} onSelect={() => setOpen('sip-password')}>
                  {t('subscriber.sipPassword')}
                </MenuItem>
                <MenuItem icon={KeyRound} onSelect={() => setOpen('portal-password')}>
                  {t('subscriber.portalPassword')}
                </MenuItem>
                <MenuLine />
                {subscriber.status === 'active' ? (
                  <MenuItem icon={Ban} onSelect={() => void actions.suspend()}>
                    {t('subscribers.suspend')}
                  </MenuItem>
                ) : (
                  <MenuItem icon={CircleCheck} onSelect={() => void actions.activate()}>
                    {t('subscribers.activate')}
                  </MenuItem>
                )}
                <MenuItem icon={Trash2} danger onSelect={() => void actions.close().then((done) => done && navigate('/admin/subscribers'))}>
                  {t('subscriber.close')}
                </MenuItem>
              </Menu>
            </>
          )
        }
      />
      {subscriber.selfSignedUp && !closed && (
        <Notice
          tone="warn"
          className="mb-5"
          title={t('subscriber.newAccount')}
          actions={
            <Button size="sm" onClick={() => void actions.liftLimits()}>
              {t('subscriber.liftLimits')}
            </Button>
          }
        >
          {t('subscriber.newAccountText')}
        </Notice>
      )}
      <div className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4" aria-live="polite">
        <StatTile label={t('money.balance')} value={<Money value={subscriber.balance} />} note={t(`money.kind.${subscriber.kind}`)} />
        <StatTile
          label={t('money.held')}
          value={<Money value={subscriber.held} />}
          note={t('money.heldNote')}
          tone={subscriber.activeCalls > 0 ? 'live' : 'plain'}
        />
        <StatTile label={t('money.available')} value={<Money value={subscriber.available} />} note={t('money.availableNote')} />
        <StatTile
          label={t('money.dailyCap')}
          value={subscriber.dailyCap === null ? t('ui.none') : <Money value={subscriber.dailyCap} />}
          note={
            subscriber.kind === 'postpaid' ? (
              <>
                {t('money.creditLimit')} <Money value={subscriber.creditLimit} />
              </>
            ) : (
              t('money.dailyCapNote')
            )
          }
        />
      </div>
      <Tabs
        label={t('subscriber.parts')}
        tabs={[
          { id: 'overview', label: t('subscriber.overview'), content: <Overview subscriber={subscriber} onEdit={() => setOpen('edit')} /> },
          { id: 'calls', label: t('nav.calls'), content: <SubscriberCalls subscriber={subscriber} /> },
          {
            id: 'ledger',
            label: t('nav.myLedger'),
            content: <SubscriberLedger subscriber={subscriber} onCredit={() => setOpen('credit')} />,
          },
          { id: 'devices', label: t('nav.myDevices'), content: <SubscriberDevices subscriber={subscriber} /> },
          { id: 'voicemail', label: t('nav.voicemail'), content: <SubscriberVoicemail subscriber={subscriber} /> },
          { id: 'permissions', label: t('subscriber.permissions'), content: <Permissions subscriber={subscriber} /> },
          { id: 'notes', label: t('subscriber.notes'), content: <SubscriberNotes subscriber={subscriber} /> },
        ]}
      />
      {open === 'credit' && <CreditDialog subscriber={subscriber} onClose={close} />}
      {open === 'edit' && <EditDialog subscriber={subscriber} onClose={close} />}
      {(open === 'sip-password' || open === 'portal-password') && <PasswordDialog subscriber={subscriber} which={open} onClose={close} />}
    </>
  );
}
