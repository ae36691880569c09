import { useQueryClient } from '@tanstack/react-query';
import { Smartphone, Unplug } from 'lucide-react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Badge, StatusLight } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { Ago } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** The contact bindings of one person, as devices. */
export function RegistrationList({ items, removable = false }: { items: readonly Schema<'Registration'>[]; removable?: boolean }) {
  const { t } = useTexts();
  const remove = useRemoveRegistration();
  if (items.length === 0)
    return (
      <p className="text-muted">
        <StatusLight tone="plain">{t('device.noneOnline')}</StatusLight>
      </p>
    );
  return (
    <ul className="divide-y divide-line">
      {items.map((each) => (
        <li key={each.id} className="flex items-center gap-3 py-2.5 first:pt-0 last:pb-0">
          <Smartphone className="size-5 shrink-0 text-muted" aria-hidden />
          <div className="min-w-0 flex-1">
            <p className="truncate font-medium">{each.userAgent ?? t('device.unknown')}</p>
            <p className="flex flex-wrap gap-x-3 text-xs text-muted">
              <span>{[each.transport?.toUpperCase(), each.source].filter(Boolean).join(' ')}</span>
              <span>
                {t('device.lastRegister')} <Ago at={each.refreshedAt} />
              </span>
              {each.rttMs !== null && !each.unreachable && (
                <span title={t('registrations.rtt')}>{t('registrations.rttMs', { ms: Math.round(each.rttMs) })}</span>
              )}
            </p>
          </div>
          {each.behindNat && <Badge>NAT</Badge>}
          {each.expiresAt === null && <Badge tone="info">{t('device.permanent')}</Badge>}
          {each.unreachable ? (
            <StatusLight tone="warn">{t('registrations.unreachable')}</StatusLight>
          ) : (
            <StatusLight tone="ok">{t('subscriber.online')}</StatusLight>
          )}
          {removable && (
            <Button
              look="quiet"
              size="icon-sm"
              icon={Unplug}
              aria-label={t('device.removeOne', { name: each.contact })}
              onClick={() => void remove(each)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

export function useRemoveRegistration() {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const remove = api.useMutation('delete', '/api/v1/registrations/{id}');
  return async (registration: Schema<'Registration'>) => {
    if (!(await ask({ title: t('device.removeTitle'), text: t('device.removeText'), action: t('ui.remove'), danger: true }))) return;
    try {
      await remove.mutateAsync({ params: { path: { id: registration.id } } });
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/registrations'] });
      toast.success(t('device.removed'));
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };
}
