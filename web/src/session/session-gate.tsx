import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { onSessionExpired } from '#app/api/client.ts';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { preferLanguage, useT } from '#app/i18n/index.ts';
import { startLive } from '#app/live/live.ts';
import { LoginForm } from '#app/session/login-form.tsx';
import { homeOf, type Me, replaceSession, sessionKey, sessionQuery, useSession } from '#app/session/session.ts';

/**
 * Asks for a new login in a dialog when the session has run out. The page below stays as it is, with everything typed into it; the request
 * that met the closed door is then sent again.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const t = useT();
  const client = useQueryClient();
  const me = useSession();
  const known = useRef<Me | null>(null);
  const [asking, setAsking] = useState(false);
  const waiting = useRef<((again: boolean) => void)[]>([]);

  useEffect(() => {
    if (me) known.current = me;
    void preferLanguage(me?.language);
  }, [me]);

  useEffect(() => {
    onSessionExpired(() => {
      if (!known.current) return Promise.resolve(false);
      setAsking(true);
      return new Promise((resolve) => waiting.current.push(resolve));
    });
  }, []);

  const finish = (again: boolean) => {
    setAsking(false);
    for (const resolve of waiting.current.splice(0)) resolve(again);
  };

  const onDone = (next: Me) => {
    if (known.current && sessionKey(next) !== sessionKey(known.current)) {
      // Somebody else: what is on the page is not his.
      replaceSession(next);
      location.assign(homeOf(next));
      return;
    }
    client.setQueryData(sessionQuery.queryKey, next);
    startLive(sessionKey(next), true);
    finish(true);
  };

  const leave = () => {
    known.current = null;
    replaceSession(null);
    finish(false);
    location.assign('/login');
  };

  return (
    <>
      {children}
      <Dialog open={asking} onClose={leave} title={t('login.againTitle')} description={t('login.againText')} sticky>
        <LoginForm onDone={onDone} startWith={known.current?.login ?? ''} />
      </Dialog>
    </>
  );
}
