import { expect, it } from 'vitest';
import { actorText } from '#app/components/actor.tsx';

it('says in words who did something', () => {
  const t = (key: string, values?: object) => (values ? `${key} ${JSON.stringify(values)}` : key);
  expect(actorText('admin:anna', t)).toBe('anna');
  expect(actorText('admin:command-line', t)).toBe('actor.commandLine');
  expect(actorText('subscriber:1001', t)).toBe('actor.subscriber {"number":"1001"}');
  expect(actorText('system', t)).toBe('actor.system');
  expect(actorText('console', t)).toBe('actor.console');
});
