import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { useT } from '#app/i18n/index.ts';
import { FrontCard } from '#app/routes/public/front-card.tsx';
import { LoginForm } from '#app/session/login-form.tsx';
import { homeOf, infoQuery, type Me, replaceSession, sessionQuery } from '#app/session/session.ts';

/** Only a path of this site may follow a login, and only one the person may see. */
function nextPath(asked: string | null, me: Me): string {
  const home = homeOf(me);
  return asked?.startsWith(`${home}/`) || asked?.startsWith(`${home}?`) ? asked : home;
}

export function Login() {
  const t = useT();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const info = useQuery(infoQuery).data;
  const session = useQuery(sessionQuery);
  if (info?.setupNeeded) return <Navigate to="/setup" replace />;
  if (session.data) return <Navigate to={nextPath(search.get('next'), session.data)} replace />;
  return (
    <FrontCard title={t('login.title')}>
      <LoginForm
        onDone={(me) => {
          replaceSession(me);
          void navigate(nextPath(search.get('next'), me), { replace: true });
        }}
      />
      <p className="mt-5 flex flex-wrap justify-between gap-x-4 gap-y-1">
        <Link to="/forgot" className="inline-flex min-h-6 items-center text-primary underline underline-offset-4">
          {t('login.forgot')}
        </Link>
        {info && info.signupPolicy !== 'closed' && (
          <Link to="/signup" className="inline-flex min-h-6 items-center text-primary underline underline-offset-4">
            {t('login.signup')}
          </Link>
        )}
      </p>
    </FrontCard>
  );
}
