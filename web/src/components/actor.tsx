import { type Translate, useT } from '#app/i18n/index.ts';

/** `admin:anna`, `subscriber:1001`, `console`, `system`, as the server names who did something, in words. */
export function actorText(actor: string, t: Translate): string {
  if (actor === 'system') return t('actor.system');
  if (actor === 'console') return t('actor.console');
  if (actor === 'admin:command-line') return t('actor.commandLine');
  if (actor.startsWith('subscriber:')) return t('actor.subscriber', { number: actor.slice('subscriber:'.length) });
  return actor.replace(/^admin:/, '');
}

export const Actor = ({ name }: { name: string }) => <span title={name}>{actorText(name, useT())}</span>;
