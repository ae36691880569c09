import { isRouteErrorResponse, useRouteError } from 'react-router';
import { Wave } from '#app/components/ui/brand.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { useT } from '#app/i18n/index.ts';

/** A page broke, or a newer version of the pages is on the server and an old piece of this one is gone. */
export function Crash() {
  const t = useT();
  const error = useRouteError();
  const missing = isRouteErrorResponse(error) && error.status === 404;
  if (missing) return <NotFound />;
  return (
    <div role="alert" className="mx-auto grid max-w-md gap-3 px-6 py-24 text-center">
      <Wave className="mx-auto h-10 w-40 text-bad" />
      <h1 className="font-display text-2xl font-semibold">{t('crash.title')}</h1>
      <p className="text-muted">{t('crash.text')}</p>
      {error instanceof Error && <p className="font-mono text-xs break-words text-muted">{error.message}</p>}
      <span>
        <Button look="primary" onClick={() => location.reload()}>
          {t('crash.reload')}
        </Button>
      </span>
    </div>
  );
}

export function NotFound() {
  const t = useT();
  return (
    <div className="mx-auto grid max-w-md gap-3 px-6 py-24 text-center">
      <Wave className="mx-auto h-10 w-40 text-brass-bright" />
      <h1 className="font-display text-2xl font-semibold">{t('crash.missingTitle')}</h1>
      <p className="text-muted">{t('crash.missingText')}</p>
      <span>
        <ButtonLink look="primary" to="/">
          {t('crash.home')}
        </ButtonLink>
      </span>
    </div>
  );
}
