import { CloudOff, FilterX, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Wave } from '#app/components/ui/brand.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { useT } from '#app/i18n/index.ts';

const Frame = ({ picture, title, children, action }: { picture: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) => (
  <div className="flex flex-col items-center px-6 py-12 text-center">
    {picture}
    <h3 className="mt-4 font-display text-lg font-semibold">{title}</h3>
    {children && <div className="mt-1 max-w-md text-muted">{children}</div>}
    {action && <div className="mt-5">{action}</div>}
  </div>
);

/** Never used: what this is for, and exactly one button that leads on. */
export const EmptyState = ({ title, text, action }: { title: string; text?: ReactNode; action?: ReactNode }) => (
  <Frame picture={<Wave className="h-10 w-40 text-brass-bright" />} title={title} action={action}>
    {text}
  </Frame>
);

/** Nothing fits the filter. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  const t = useT();
  return (
    <Frame
      picture={<FilterX className="size-8 text-faint" aria-hidden />}
      title={t('ui.noMatch')}
      action={
        <Button look="primary" onClick={onClear}>
          {t('ui.clearFilters')}
        </Button>
      }
    >
      {t('ui.noMatchText')}
    </Frame>
  );
}

/** Could not be loaded. */
export function LoadFailed({ message, onRetry }: { message?: string | undefined; onRetry: () => void }) {
  const t = useT();
  return (
    <div role="alert">
      <Frame
        picture={<CloudOff className="size-8 text-bad" aria-hidden />}
        title={t('ui.loadFailed')}
        action={
          <Button look="primary" icon={RotateCw} onClick={onRetry}>
            {t('ui.retry')}
          </Button>
        }
      >
        {message ?? t('ui.loadFailedText')}
      </Frame>
    </div>
  );
}
