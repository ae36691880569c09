import { describe, expect, it } from 'vitest';
import { buildRequest } from '../../sip/testing/index.ts';
import { descriptionOf, replaceDescription } from './session-body.ts';

const OFFER = 'v=0\r\no=a 1 1 IN IP4 192.0.2.10\r\ns=-\r\n';
const CHANGED = Buffer.from('v=0\r\no=a 1 1 IN IP4 198.51.100.1\r\ns=-\r\n');

const withBody = (type: string, body: string) => {
  const request = buildRequest('INVITE');
  request.setBody(body, type);
  return request;
};

describe('the session description of a message', () => {
  it('is the body', () => {
    const request = withBody('application/sdp', OFFER);
    expect(descriptionOf(request)?.toString()).toBe(OFFER);
    replaceDescription(request, CHANGED);
    expect(request.body).toEqual(CHANGED);
    expect(request.contentLength).toBe(CHANGED.length);
    expect(request.get('Content-Type')).toBe('application/sdp');
  });

  it('is a part of a multipart body, whose other parts stay', () => {
    const part = (type: string, text: string) => `--b/1\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
    const body = (sdp: string) => `preamble\r\n${part('application/isup', '\u0001\u0002')}${part('application/sdp', sdp)}--b/1--\r\n`;
    const type = 'multipart/mixed; version=1;boundary="b/1"';
    const request = withBody(type, body(OFFER));
    expect(descriptionOf(request)?.toString()).toBe(OFFER);
    replaceDescription(request, CHANGED);
    expect(request.body.toString()).toBe(body(CHANGED.toString()));
    expect(request.contentLength).toBe(request.body.length);
    expect(request.get('Content-Type')).toBe(type);
  });

  it.each([
    ['text/plain', 'hello'],
    ['multipart/mixed', OFFER],
    ['multipart/mixed;boundary=x', OFFER],
    ['multipart/mixed;boundary=x', '--x\r\nContent-Type: text/plain\r\n\r\nv=0\r\n--x--'],
    ['application/sdp', ''],
  ])('is none in %s of %j', (type, body) => {
    const request = withBody(type, body);
    expect(descriptionOf(request)).toBeUndefined();
    replaceDescription(request, CHANGED);
    expect(request.body.toString()).toBe(body);
  });
});
