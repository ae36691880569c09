import { useEffect, useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from '#app/lib/storage.ts';

const listeners = new Set<() => void>();

/** Single-key shortcuts can be switched off (WCAG 2.1.4). */
export const useShortcutsOn = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readSetting('shortcuts') !== 'off',
  );

export function setShortcutsOn(on: boolean): void {
  writeSetting('shortcuts', on ? 'on' : 'off');
  for (const listener of listeners) listener();
}

export interface ShortcutActions {
  openPalette: () => void;
  openHelp: () => void;
  /** Address behind `g` + letter. */
  go: (letter: string) => void;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const dialogOpen = (): boolean => document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"]') !== null;

/** How long after `g` its letter may come. */
const chordMs = 1200;

export function useShortcuts(actions: ShortcutActions): void {
  const on = useShortcutsOn();
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        actions.openPalette();
        return;
      }
      if (!on || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || dialogOpen()) return;
      if (chordUntil > event.timeStamp) {
        chordUntil = 0;
        if (/^[a-z]$/.test(event.key)) {
          event.preventDefault();
          actions.go(event.key);
        }
        return;
      }
      if (event.key === 'g') chordUntil = event.timeStamp + chordMs;
      else if (event.key === '?') actions.openHelp();
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('main [data-page-search]');
        if (search) {
          event.preventDefault();
          search.focus();
          search.select();
        }
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [actions, on]);
}
