import { describe, expect, it } from 'vitest';
import { answerTo, buildRequest } from '../testing/index.ts';
import { bestResponse } from './best-response.ts';

const invite = buildRequest('INVITE');
const best = (...statuses: number[]) => bestResponse(statuses.map((status) => answerTo(invite, status)))?.status;

describe('bestResponse (RFC 3261 16.7 item 6)', () => {
  it.each([
    [[404, 603], 603],
    [[600, 486, 302], 600],
    [[486, 302], 302],
    [[500, 404], 404],
    [[486, 407], 407],
    [[415, 486], 415],
    [[408, 486], 486],
    [[404, 408], 408],
    [[404, 480], 480],
    [[503, 500], 500],
    [[503, 404], 404],
    [[503], 503],
  ])('of %j is %i', (statuses, expected) => {
    expect(best(...statuses)).toBe(expected);
    expect(best(...statuses.toReversed())).toBe(expected);
  });

  it('of none is nothing', () => expect(best()).toBeUndefined());

  it('collects the challenges of all 401 and 407 (item 7)', () => {
    const response = bestResponse([
      answerTo(invite, 407, { headers: [['Proxy-Authenticate', 'Digest realm="a"']] }),
      answerTo(invite, 486),
      answerTo(invite, 401, { headers: [['WWW-Authenticate', 'Digest realm="b"']] }),
      answerTo(invite, 407, { headers: [['Proxy-Authenticate', 'Digest realm="c"']] }),
    ])!;
    expect(response.status).toBe(401);
    expect(response.getAll('WWW-Authenticate')).toEqual(['Digest realm="b"']);
    expect(response.getAll('Proxy-Authenticate')).toEqual(['Digest realm="a"', 'Digest realm="c"']);
  });
});
