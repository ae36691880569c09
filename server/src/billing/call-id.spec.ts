import { expect, it } from 'vitest';
import { newCallId } from './call-id.ts';

it('makes UUIDs of version 7 that are unique and rise with time', () => {
  const ids = Array.from({ length: 2000 }, (_, n) => newCallId(1_780_000_000_000 + n));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(Array.from({ length: 2000 }, () => newCallId(5))).size).toBe(2000);
  expect([...ids].sort()).toEqual(ids);
});
