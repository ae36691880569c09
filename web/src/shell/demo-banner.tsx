import { TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { useT } from '#app/i18n/index.ts';
import { useInfo, useSession } from '#app/session/session.ts';

/** On every page while nothing is kept (M-2); an administrator is led to where a disk is chosen. */
export function DemoBanner() {
  const t = useT();
  const demo = useInfo()?.demo === true;
  const admin = useSession()?.role === 'admin';
  if (!demo) return null;
  return (
    <section aria-label={t('demo.name')} className="flex items-center justify-center gap-3 bg-warn-soft px-4 py-1.5 text-sm text-warn">
      <TriangleAlert className="size-4 shrink-0" aria-hidden />
      <p className="flex flex-wrap items-center gap-x-3">
        <span className="font-semibold">{t('demo.banner')}</span>
        {admin && (
          <Link to="/admin/system" className="inline-flex min-h-6 items-center rounded font-medium underline underline-offset-4">
            {t('demo.choose')}
          </Link>
        )}
      </p>
    </section>
  );
}
