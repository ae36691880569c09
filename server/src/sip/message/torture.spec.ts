import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseMessage, type SipMessage, SipRequest } from './index.ts';

/**
 * The corpus in ./torture, one file a case in the manner of RFC 4475. The folder says what must happen; in `bad-request` the
 * file name begins with the status, and "unanswerable" means that the topmost Via cannot be read.
 */
const folder = new URL('./torture/', import.meta.url);
const cases = (name: string) =>
  readdirSync(new URL(`${name}/`, folder)).map((file) => ({
    name: file.replace('.sip', ''),
    bytes: readFileSync(new URL(`${name}/${file}`, folder)),
  }));

function valid(name: string): SipMessage {
  const result = parseMessage(readFileSync(new URL(`valid/${name}.sip`, folder)));
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.message;
}

/** Every typed value, read once. */
function readAll(message: SipMessage): void {
  const { topVia, vias, from, to, callId, cseq, contacts, routes, recordRoutes, maxForwards, contentLength, expires } = message;
  void [topVia, vias, from, to, callId, cseq, contacts, routes, recordRoutes, maxForwards, contentLength, expires];
  if (message instanceof SipRequest) void message.uri;
}

describe('torture: valid', () => {
  it.each(cases('valid'))('$name', ({ bytes }) => {
    const result = parseMessage(bytes);
    expect(result).toMatchObject({ ok: true });
    if (!result.ok) return;
    const { message } = result;
    if (message instanceof SipRequest) readAll(message);
    const start = bytes.findIndex((octet) => octet !== 0x0d && octet !== 0x0a);
    expect(message.toBuffer()).toEqual(bytes.subarray(start, result.length));

    // An edit of one header leaves every other octet of the head as it was.
    const edited = message.clone();
    edited.append('X-Added', '1');
    edited.remove('X-Added');
    const again = edited.toBuffer();
    const reparsed = parseMessage(again);
    expect(reparsed).toMatchObject({ ok: true });
    for (const line of message.headerLines()) expect(again.toString('latin1')).toContain(`\r\n${line.raw}\r\n`);
    expect(reparsed.ok && reparsed.message.body).toEqual(message.body);
  });
});

describe('torture: bad-request', () => {
  it.each(cases('bad-request'))('$name', ({ name, bytes }) => {
    const result = parseMessage(bytes);
    expect(result).toMatchObject({ ok: false, kind: 'bad-request', status: Number(name.slice(0, 3)) });
    if (result.ok || result.kind !== 'bad-request') return;
    expect(result.reason).toMatch(/^[A-Z][\x20-\x7e]+$/);
    expect(result.message === undefined).toBe(name.includes('unanswerable'));
  });
});

describe('torture: garbage', () => {
  it.each(cases('garbage'))('$name', ({ bytes }) => {
    expect(parseMessage(bytes)).toEqual({ ok: false, kind: 'garbage' });
  });
});

describe('torture: what is read', () => {
  it('unfolds, trims and takes any spelling', () => {
    const message = valid('white-space-and-folding-everywhere');
    expect(message.to.tag).toBe('1918181833n');
    expect(message.from.displayName).toBe('J Rosenberg \\"');
    expect(message.from.tag).toBe('98asjd8');
    expect(message.maxForwards).toBe(68);
    expect(message.cseq).toEqual({ seq: 9, method: 'INVITE' });
    expect(message.vias.map(String)).toEqual([
      'SIP/2.0/UDP 192.0.2.2;branch=390skdjuw',
      'SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8',
      'SIP/2.0/UDP 192.168.255.111;branch=z9hG4bK30239',
    ]);
    expect(message.get('subject')).toBe('');
    expect(message.get('newfangledheader')).toBe('newfangled value continued newfangled value');
    expect(message.routes.map(String)).toEqual(['<sip:services.example.com;lr;unknownwith=value;unknown-no-value>']);
    const contact = message.contacts[0];
    expect(typeof contact === 'object' && [contact.displayName, contact.params.get('newparam'), contact.params.get('q')]).toEqual([
      'Quoted string ""',
      'newvalue',
      '0.33',
    ]);
  });

  it('decodes escapes in user parts once', () => {
    const message = valid('escaped-characters-in-uris') as SipRequest;
    expect([message.uri.user, message.uri.host]).toEqual(['sips:user@example.com', 'example.net']);
    expect(message.to.uri.user).toBe('user');
    const contact = message.contacts[0];
    expect(typeof contact === 'object' && [contact.uri.isLooseRouter, contact.uri.params.get('name')]).toEqual([true, 'value%41']);
  });

  it('keeps a semicolon in the user part out of the parameters', () => {
    const { uri } = valid('semicolon-in-user-part') as SipRequest;
    expect([uri.user, uri.host, uri.params.size]).toEqual(['user;par=u@example.net', 'example.com', 0]);
  });

  it('takes parameters after a URI without brackets as those of the header', () => {
    const contact = valid('contact-without-brackets-keeps-parameters-outside').contacts[0];
    expect(typeof contact === 'object' && [contact.uri.transport, contact.params.get('transport')]).toEqual([undefined, 'tcp']);
  });

  it('splits lists outside of quotes and brackets', () => {
    const contacts = valid('many-contacts-in-one-line').contacts;
    expect(contacts === '*' ? [] : contacts.map((one) => one.uri.toString())).toEqual([
      'sip:a@192.0.2.1',
      'sip:b@192.0.2.2',
      'sip:c@[2001:db8::1]:5070;transport=tcp',
    ]);
    expect(contacts !== '*' && contacts[2]!.params.get('+sip.instance')).toBe('<urn:uuid:00000000-0000-1000-8000-000A95A0E128>');
    const quoted = valid('comma-bracket-and-semicolon-in-quoted-name');
    expect(quoted.from.displayName).toBe('Watson, Thomas <x>; "Tom"');
    expect(quoted.contacts !== '*' && quoted.contacts.map((one) => one.displayName)).toEqual(['a, <b', 'c\\']);
  });

  it('shows names as people write them', () => {
    expect(valid('utf8-display-name-quoted').from.displayName).toBe('Jóse À世界');
    expect(valid('utf8-display-name-bare').from.displayName).toBe('Joséà');
    expect(valid('latin1-display-name').from.displayName).toBe('José');
  });

  it('knows the compact forms', () => {
    const message = valid('compact-forms');
    expect(message.tokens('Supported')).toEqual(['100rel', 'timer']);
    for (const name of [
      'Via',
      'From',
      'To',
      'Call-ID',
      'Contact',
      'Subject',
      'Content-Type',
      'Event',
      'Refer-To',
      'Session-Expires',
      'Content-Length',
    ])
      expect(message.has(name), name).toBe(true);
    expect(valid('compact-and-long-forms-mixed').vias).toHaveLength(2);
  });

  it('reads IPv6 without brackets and writes it with them', () => {
    const { uri, topVia } = valid('ipv6-everywhere') as SipRequest;
    expect([uri.host, uri.port, uri.toString()]).toEqual(['2001:db8::10', 5060, 'sip:bob@[2001:db8::10]:5060']);
    expect([topVia?.host, topVia?.received, topVia?.sentBy]).toEqual(['2001:db8::9:1', '2001:db8::9:255', '[2001:db8::9:1]:5070']);
    expect(valid('ipv6-received-without-brackets').topVia?.received).toBe('2001:db8::9:255');
  });

  it('keeps an unknown scheme whole, to be refused with 416', () => {
    const { uri } = valid('unknown-request-uri-scheme') as SipRequest;
    expect([uri.scheme, uri.opaque, uri.toString()]).toEqual([
      'nobodyknowsthisscheme',
      'totallyopaquecontent',
      'nobodyknowsthisscheme:totallyopaquecontent',
    ]);
  });

  it('cuts off what follows the body, and takes the whole datagram without Content-Length', () => {
    expect(valid('octets-after-the-body-are-cut').body).toHaveLength(0);
    expect(valid('no-content-length-in-a-datagram').body.toString()).toContain('m=audio 49170');
  });

  it('clamps an Expires that is too large', () => {
    expect(valid('overlarge-expires').expires).toBe(0xffff_ffff);
  });
});
