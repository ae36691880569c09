import { expect, it } from 'vitest';
import { difference } from './audit.service.ts';

it('keeps what differs', () => {
  expect(difference({ name: 'a', age: 1, list: [1] }, { name: 'b', age: 1, list: [1], more: true })).toEqual({
    before: { name: 'a' },
    after: { name: 'b', more: true },
  });
  expect(difference(undefined, { name: 'b' })).toEqual({ before: null, after: { name: 'b' } });
});

it('hides secrets at every depth, but shows that one changed', () => {
  const { before, after } = difference(
    { smtp: { password: 'x' }, ha1Md5: 'y' },
    { smtp: { password: 'z' }, ha1Md5: 'w', passwordHash: null, tokenSet: true },
  );
  expect(before).toEqual({ smtp: { password: '(hidden)' }, ha1Md5: '(hidden)' });
  expect(after).toEqual({ smtp: { password: '(hidden)' }, ha1Md5: '(hidden)', passwordHash: null, tokenSet: true });
});
