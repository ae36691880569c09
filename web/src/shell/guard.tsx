import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { problemText } from '#app/api/problem.ts';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { homeOf, infoQuery, sessionQuery } from '#app/session/session.ts';
import { adminNavigation, portalNavigation } from '#app/shell/navigation.ts';
import { Shell } from '#app/shell/shell.tsx';

const RequiredFactor = lazy(async () => ({ default: (await import('#app/routes/admin/admins/required-factor.tsx')).RequiredFactor }));

/** The pages of one role; others are sent where they belong, and come back after the login. */
export function Guard({ for: role }: { for: 'admin' | 'subscriber' }) {
  const texts = useTexts();
  const location = useLocation();
  const session = useQuery(sessionQuery);
  // While the recovery codes are shown, which the server never shows again, nothing takes them from the screen.
  const [showsCodes, setShowsCodes] = useState(false);
  if (session.isPending) return <Waiting />;
  if (session.error && !session.data)
    return <LoadFailed message={problemText(session.error, texts)} onRetry={() => void session.refetch()} />;
  const me = session.data ?? null;
  if (me === null) return <Navigate to={`/login?next=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  if (me.role !== role) return <Navigate to={homeOf(me)} replace />;
  if (me.secondFactorNeeded || showsCodes) {
    const done = () => void session.refetch().then(() => setShowsCodes(false));
    return (
      <Suspense fallback={<Waiting />}>
        <RequiredFactor onEnrolled={() => setShowsCodes(true)} onDone={done} />
      </Suspense>
    );
  }
  return <Shell navigation={role === 'admin' ? adminNavigation : portalNavigation} />;
}

/** `/`: set-up while there is no administrator, else home or login. */
export function Entry() {
  const texts = useTexts();
  const info = useQuery(infoQuery);
  const session = useQuery(sessionQuery);
  const failed = info.error ?? session.error;
  if (failed)
    return <LoadFailed message={problemText(failed, texts)} onRetry={() => void Promise.all([info.refetch(), session.refetch()])} />;
  if (!info.data || session.data === undefined) return <Waiting />;
  return <Navigate to={info.data.setupNeeded ? '/setup' : homeOf(session.data)} replace />;
}

const Waiting = () => {
  const { t } = useTexts();
  return (
    <p role="status" className="grid min-h-dvh place-items-center text-muted">
      {t('ui.loading')}
    </p>
  );
};
