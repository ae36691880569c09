import { describe, expect, it } from 'vitest';
import { answerTo, buildRequest } from '../testing/index.ts';
import { formatRAck, RSeqMap, readRAck, readRSeq, supports100rel } from './reliable-provisional.ts';

describe('reliable provisional responses (RFC 3262)', () => {
  const invite = buildRequest('INVITE');
  const reliable: [string, string][] = [
    ['Require', '100rel'],
    ['RSeq', '17'],
  ];

  it('knows one by Require and RSeq, with a status of 101 to 199', () => {
    expect(readRSeq(answerTo(invite, 183, { headers: reliable }))).toBe(17);
    expect(readRSeq(answerTo(invite, 183, { headers: [['RSeq', '17']] }))).toBeUndefined();
    expect(readRSeq(answerTo(invite, 200, { headers: reliable }))).toBeUndefined();
    expect(readRSeq(answerTo(invite, 100, { headers: reliable }))).toBeUndefined();
  });

  it('reads and writes RAck', () => {
    const prack = buildRequest('PRACK', { headers: ['RAck: 17 1 INVITE'] });
    expect(readRAck(prack)).toEqual({ rseq: 17, cseq: 1, method: 'INVITE' });
    expect(formatRAck(readRAck(prack)!)).toBe('17 1 INVITE');
    expect(readRAck(buildRequest('PRACK', { headers: ['RAck: 17 INVITE'] }))).toBeUndefined();
  });

  it('knows who supports them', () => {
    expect(supports100rel(buildRequest('INVITE', { headers: ['k: timer, 100rel'] }))).toBe(true);
    expect(supports100rel(buildRequest('INVITE', { headers: ['Require: 100REL'] }))).toBe(true);
    expect(supports100rel(invite)).toBe(false);
  });

  it('numbers rise by one over all callees, a retransmission keeps its own', () => {
    const map = new RSeqMap(1);
    expect([map.ours('a', 500), map.ours('a', 501), map.ours('b', 9), map.ours('a', 500)]).toEqual([1, 2, 3, 1]);
    expect(map.theirs(3)).toEqual({ remoteTag: 'b', rseq: 9 });
    expect(map.theirs(4)).toBeUndefined();
  });
});
