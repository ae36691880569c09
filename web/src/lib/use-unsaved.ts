import { useCallback, useEffect } from 'react';
import { useBlocker } from 'react-router';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { useT } from '#app/i18n/index.ts';

/**
 * While `dirty`, nobody leaves the page without being asked: not by a link, not by Back, not by closing the window. At most once a page.
 * @returns asks the same before something else that would throw the input away
 */
export function useUnsaved(dirty: boolean): () => Promise<boolean> {
  const t = useT();
  const ask = useConfirm();
  const mayDrop = useCallback(
    () => ask({ title: t('ui.unsavedTitle'), text: t('ui.unsavedText'), action: t('ui.unsavedLeave'), danger: true }),
    [ask, t],
  );

  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [dirty]);

  // The query of an address is only a filter or a tab: the input stays.
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (blocker.state !== 'blocked') return;
    void mayDrop().then((yes) => (yes ? blocker.proceed() : blocker.reset()));
  }, [blocker, mayDrop]);

  return mayDrop;
}
