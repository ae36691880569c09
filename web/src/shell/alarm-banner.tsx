import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '#app/api/client.ts';
import { useTexts } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { useSession } from '#app/session/session.ts';
import { ClockDialog } from '#app/shell/clock-dialog.tsx';

/** What is wrong with the machine and cannot wait: on every page of an administrator. */
export function AlarmBanner() {
  const me = useSession();
  return me?.role === 'admin' && !me.secondFactorNeeded ? <Alarms /> : null;
}

function Alarms() {
  const { t } = useTexts();
  const { data } = api.useQuery('get', '/api/v1/alarms', {}, { refetchInterval: 30_000 });
  const [clock, setClock] = useState(false);
  const action = 'inline-flex min-h-6 items-center rounded font-medium underline underline-offset-4';
  return (
    <>
      {(data?.items ?? []).map(({ code, params }) => {
        const serious = code === 'disk-space' ? params.level === '95' : code !== 'media-ports';
        const Icon = serious ? CircleAlert : TriangleAlert;
        return (
          <section
            key={code}
            aria-label={t('alarm.name')}
            className={cn('border-b border-line px-4 py-2', serious ? 'bg-bad-soft text-bad' : 'bg-warn-soft text-warn')}
          >
            <div role={serious ? 'alert' : 'status'} className="mx-auto flex max-w-7xl items-start gap-3 text-sm">
              <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
              <p className="flex min-w-0 flex-wrap items-center gap-x-3">
                <span className="font-semibold">{t(`alarm.${code}`, params)}</span>
                <span className="text-ink">{t(`alarmText.${code}`, params)}</span>
                {code === 'clock-not-set' && (
                  <button type="button" className={action} onClick={() => setClock(true)}>
                    {t('alarm.clockAction')}
                  </button>
                )}
                {(code === 'media-ports' || code === 'rtpengine-down') && (
                  <Link to="/admin/monitor" className={action}>
                    {t('alarm.mediaAction')}
                  </Link>
                )}
                {code === 'database-damaged' && (
                  <Link to="/admin/backups" className={action}>
                    {t('alarm.backupAction')}
                  </Link>
                )}
                {(code === 'disk-space' || code === 'image-damaged') && (
                  <Link to="/admin/system" className={action}>
                    {t('alarm.systemAction')}
                  </Link>
                )}
              </p>
            </div>
          </section>
        );
      })}
      {clock && <ClockDialog onClose={() => setClock(false)} />}
    </>
  );
}
