import { describe, expect, it } from 'vitest';
import { NameAddr, SipSyntaxError, SipUri, Via } from './index.ts';

const same = (a: string, b: string) => SipUri.parse(a).equals(SipUri.parse(b));

describe('SipUri', () => {
  it.each([
    'sip:alice@atlanta.com',
    'sip:alice:secretword@atlanta.com;transport=tcp',
    'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    'sips:1212@gateway.com:5061',
    'sip:alice@192.0.2.4',
    'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
    'sip:alice;day=tuesday@atlanta.com',
    'sip:bob@[2001:db8::1]:5070;lr',
    'tel:+44-20-7946-0000;ext=12',
    'mailto:someone@example.com?x=y',
  ])('writes %s as it was read', (text) => {
    expect(SipUri.parse(text).toString()).toBe(text);
    expect(SipUri.parse(text).clone().toString()).toBe(text);
    expect(SipUri.parse(text).equals(SipUri.parse(text))).toBe(true);
  });

  it.each([
    '',
    'sip',
    ':x',
    'sip:',
    'sip:@b',
    'sip:a@',
    'sip:a b@c',
    'sip:a@b c',
    'sip:a@b:',
    'sip:a@b:x',
    'sip:a@b:65536',
    'sip:a@[::1',
    'sip:a@[zz]',
    'sip:a@b;',
    'sip:a@b;;x',
    'sip:%@b',
    'sip:%4@b',
    '<sip:a@b>',
    'sip:a@b"',
    'tel:',
    'tel:abc xyz',
    'tel:;x=y',
    'sip:a@b\r\nX: y',
    's p:a',
    'sip:a@b@c',
  ])('refuses %j', (text) => {
    expect(() => SipUri.parse(text)).toThrow(SipSyntaxError);
  });

  // The examples of RFC 3261 section 19.1.4.
  it.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    ['sip:alice@atlanta.com?subject=project%20x&priority=urgent', 'sip:alice@atlanta.com?priority=urgent&subject=project%20x'],
  ])('takes %s and %s as equal', (a, b) => {
    expect([same(a, b), same(b, a)]).toEqual([true, true]);
  });

  it.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:bob@biloxi.com', 'sips:bob@biloxi.com'],
  ])('takes %s and %s as different', (a, b) => {
    expect([same(a, b), same(b, a)]).toEqual([false, false]);
  });

  it('gives the address of record', () => {
    expect(SipUri.parse('sips:a%6cice:pw@Example.COM:5061;transport=tcp?x=y').aor).toBe('sip:alice@example.com');
    expect(SipUri.parse('sip:Example.com').aor).toBe('sip:example.com');
    expect(SipUri.parse('sip:1@[2001:DB8::1]').aor).toBe('sip:1@[2001:db8::1]');
    expect(SipUri.parse('sip:a%20b%40@c').aor).toBe('sip:a%20b%40@c');
    expect(SipUri.parse('tel:+4420;ext=1').aor).toBe('tel:+4420');
  });

  it('is changed through its parts', () => {
    const uri = SipUri.parse('sip:bob@example.com:5070;lr=on;ob');
    uri.user = '+44 20';
    uri.port = undefined;
    uri.params.delete('OB');
    uri.params.set('transport', 'tcp');
    expect([uri.toString(), uri.isLooseRouter, uri.transport]).toEqual(['sip:+44%2020@example.com;lr=on;transport=tcp', true, 'tcp']);
    const copy = uri.clone();
    copy.params.set('transport', 'udp');
    expect(uri.transport).toBe('tcp');
  });
});

describe('NameAddr and Via', () => {
  it('gives and takes a tag', () => {
    const address = NameAddr.parse('Bob <sip:bob@example.com;x=1>;q=0.5');
    address.tag = 'b1';
    const copy = address.clone();
    copy.tag = undefined;
    copy.displayName = undefined;
    expect([address.toString(), copy.toString()]).toEqual([
      'Bob <sip:bob@example.com;x=1>;q=0.5;tag=b1',
      '<sip:bob@example.com;x=1>;q=0.5',
    ]);
  });

  it('reads rport in its three forms', () => {
    const rport = (text: string) => Via.parse(`SIP/2.0/UDP h;${text}`).rport;
    expect([rport('x'), rport('rport'), rport('rport=5062'), rport('rport=99999')]).toEqual([undefined, true, 5062, undefined]);
  });
});
