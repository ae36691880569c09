import { useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from '#app/lib/storage.ts';

export type Theme = 'system' | 'light' | 'dark';

const listeners = new Set<() => void>();
const systemDark = matchMedia('(prefers-color-scheme: dark)');

const current = (): Theme => {
  const saved = readSetting('theme');
  return saved === 'light' || saved === 'dark' ? saved : 'system';
};

const apply = () => {
  const theme = current();
  document.documentElement.classList.toggle('dark', theme === 'dark' || (theme === 'system' && systemDark.matches));
  for (const listener of listeners) listener();
};

systemDark.addEventListener('change', apply);

export function setTheme(theme: Theme): void {
  writeSetting('theme', theme);
  apply();
}

export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
