import { beforeEach, describe, expect, it } from 'vitest';
import { Directory } from '../directory/directory.ts';
import { aSubscriber } from '../directory/testing.ts';
import { SipUri } from '../sip/message/index.ts';
import { buildRequest, sourceOf } from '../sip/testing/index.ts';
import type { Endpoint } from '../sip/transport/types.ts';
import { type Binding, fromRow, toRow } from './binding.ts';
import { Registrar } from './registrar.ts';

const ann = aSubscriber();
const phone: Endpoint = { protocol: 'udp', address: '192.0.2.10', port: 5060 };

let directory: Directory;
let registrar: Registrar;
let now: number;
let seq: number;
let stored: Map<number, Binding>;
let heard: string[];

beforeEach(() => {
  directory = new Directory();
  directory.upsertSubscriber(ann);
  now = 1_000_000;
  seq = 0;
  stored = new Map();
  heard = [];
  registrar = new Registrar({
    directory,
    now: () => now,
    store: { save: (binding) => stored.set(binding.id, binding), remove: (id) => stored.delete(id) },
    allowsContact: (uri) => uri.host !== 'example.test',
  });
  registrar.onChange(({ action, binding }) => heard.push(`${action} ${binding.contact}`));
});

interface Fields {
  contact?: string | null;
  headers?: string[];
  callId?: string;
  cseq?: number;
  via?: string;
  from?: Endpoint;
}

function register({ contact = '<sip:1001@192.0.2.10:5060>', headers = [], callId = 'reg', cseq = ++seq, via, from = phone }: Fields = {}) {
  const request = buildRequest('REGISTER', { contact: contact ?? '<sip:x@y>', headers, callId, cseq, via });
  if (contact === null) request.remove('Contact');
  request.source = sourceOf(from);
  const reply = registrar.register(request, ann);
  return { ...reply, get: (name: string) => reply.headers.filter(([key]) => key === name).map(([, value]) => value) };
}

const contacts = () => registrar.bindingsOf(1).map(({ contact }) => contact);

describe('Registrar', () => {
  it('O-7, O-12: binds a contact and echoes it with its time', () => {
    const reply = register({ headers: ['Expires: 600'] });
    expect(reply.status).toBe(200);
    expect(reply.get('Contact')).toEqual(['<sip:1001@192.0.2.10:5060>;expires=600']);
    expect(reply.get('Date')).toEqual([new Date(now).toUTCString()]);
    expect(heard).toEqual(['added sip:1001@192.0.2.10:5060']);
  });

  it('O-9: answers a query without Contact with the bindings', () => {
    register({ headers: ['Expires: 600'] });
    now += 100_000;
    expect(register({ contact: null }).get('Contact')).toEqual(['<sip:1001@192.0.2.10:5060>;expires=500']);
  });

  it('takes the Contact parameter before the Expires header, and keeps q and other parameters', () => {
    const reply = register({ contact: '<sip:1001@192.0.2.10>;expires=120;q=0.5;methods="INVITE,BYE"', headers: ['Expires: 900'] });
    expect(reply.get('Contact')).toEqual(['<sip:1001@192.0.2.10>;methods="INVITE,BYE";q=0.5;expires=120']);
    expect(registrar.bindingsOf(1)[0]?.q).toBe(500);
  });

  it('G-26: keeps several contacts; one Contact line may hold two', () => {
    register({ contact: '<sip:1001@192.0.2.10>, <sip:1001@192.0.2.11>;q=0.2' });
    expect(contacts()).toEqual(['sip:1001@192.0.2.10', 'sip:1001@192.0.2.11']);
  });

  it('refuses a time below the minimum with 423 and cuts one above the maximum', () => {
    const brief = register({ headers: ['Expires: 59'] });
    expect([brief.status, brief.get('Min-Expires')]).toEqual([423, ['60']]);
    expect(register({ headers: ['Expires: 99999'] }).get('Contact')[0]).toContain('expires=3600');
  });

  it('carries out all contacts or none', () => {
    expect(register({ contact: '<sip:1001@192.0.2.10>, <sip:1001@192.0.2.11>;expires=5' }).status).toBe(423);
    expect(contacts()).toEqual([]);
  });

  it('refreshes the same contact, by the URI comparison of RFC 3261', () => {
    register();
    register({ contact: '<sip:1001@192.0.2.10:5060;foo=bar>' });
    expect(contacts()).toHaveLength(1);
    expect(heard.map((line) => line.split(' ')[0])).toEqual(['added', 'refreshed']);
  });

  it('removes one contact with expires=0', () => {
    register({ contact: '<sip:1001@192.0.2.10>, <sip:1001@192.0.2.11>' });
    expect(register({ contact: '<sip:1001@192.0.2.10>;expires=0' }).get('Contact')).toHaveLength(1);
    expect(contacts()).toEqual(['sip:1001@192.0.2.11']);
  });

  it('G-25, O-10: Contact * with Expires 0 removes all, with any other time nothing', () => {
    register({ contact: '<sip:1001@192.0.2.10>, <sip:1001@192.0.2.11>' });
    expect(register({ contact: '*', headers: ['Expires: 10'] }).status).toBe(400);
    expect(register({ contact: '*' }).status).toBe(400);
    expect(contacts()).toHaveLength(2);
    expect(register({ contact: '*', headers: ['Expires: 0'] }).status).toBe(200);
    expect(contacts()).toEqual([]);
    expect(stored.size).toBe(0);
  });

  it('refuses an older CSeq of the same Call-ID, also for *', () => {
    register({ cseq: 5 });
    expect(register({ cseq: 5 }).status).toBe(500);
    expect(register({ contact: '*', headers: ['Expires: 0'], cseq: 4 }).status).toBe(500);
    expect(contacts()).toHaveLength(1);
    expect(register({ cseq: 1, callId: 'another' }).status).toBe(200);
  });

  it('O-61: the eleventh phone takes the place of the one refreshed longest ago, never of a permanent one', () => {
    registrar.add('sip:1001@example.test', 'sip:desk@192.0.2.99');
    for (let i = 0; i < 9; i++, now += 1000) register({ contact: `<sip:1001@192.0.2.${10 + i}>`, callId: `c${i}` });
    register({ contact: '<sip:1001@192.0.2.10>', callId: 'c0' });
    expect(register({ contact: '<sip:1001@192.0.2.50>', callId: 'new' }).get('Contact')).toHaveLength(10);
    expect(contacts()).not.toContain('sip:1001@192.0.2.11');
    expect(contacts()).toEqual(expect.arrayContaining(['sip:desk@192.0.2.99', 'sip:1001@192.0.2.10', 'sip:1001@192.0.2.50']));
  });

  it('RFC 5626: the same instance and reg-id is the same phone, another reg-id another flow', () => {
    const instance = '+sip.instance="<urn:uuid:1>"';
    const reply = register({ contact: `<sip:1001@192.0.2.10>;${instance};reg-id=1` });
    expect(reply.get('Require')).toEqual(['outbound']);
    register({ contact: `<sip:1001@192.0.2.10:7777>;${instance};reg-id=1` });
    expect(contacts()).toEqual(['sip:1001@192.0.2.10:7777']);
    register({ contact: `<sip:1001@192.0.2.10:8888>;${instance};reg-id=2` });
    expect(contacts()).toHaveLength(2);
  });

  it('RFC 5626: takes a flow through a proxy only when that one keeps it', () => {
    const contact = '<sip:1001@192.0.2.10>;+sip.instance="<urn:uuid:1>";reg-id=1';
    const proxied = 'Via: SIP/2.0/TCP 192.0.2.10;branch=z9hG4bKp';
    expect(register({ contact, headers: [proxied, 'Path: <sip:edge.test;lr>'] }).status).toBe(439);
    expect(register({ contact, headers: [proxied, 'Path: <sip:edge.test;lr;ob>'] }).get('Require')).toEqual(['outbound']);
  });

  it('finds the phone that a Contact leads to, its own or the outside of its NAT', () => {
    const seen: Endpoint = { protocol: 'udp', address: '198.51.100.9', port: 40000 };
    register({ contact: '<sip:1001-x@10.0.0.5:5060>', via: 'SIP/2.0/UDP 10.0.0.5:5060;rport;branch=z9hG4bKn', from: seen });
    const at = (uri: string) => registrar.bindingAt(SipUri.parse(uri))?.contact;
    expect(at('sip:1001-x@198.51.100.9:40000')).toBe('sip:1001-x@10.0.0.5:5060');
    expect(at('sip:1001-x@10.0.0.5:5060;transport=udp')).toBe('sip:1001-x@10.0.0.5:5060');
    expect(at('sip:1002@198.51.100.9:40000')).toBeUndefined();
    expect(at('sip:1001-x@198.51.100.9:40001')).toBeUndefined();
    now += 4_000_000;
    expect(at('sip:1001-x@198.51.100.9:40000')).toBeUndefined();
    // A newer one behind the same outside is found past the old one, which nobody has swept away yet.
    register({ contact: '<sip:1001-x@10.0.0.6:5060>', via: 'SIP/2.0/UDP 10.0.0.6:5060;rport;branch=z9hG4bKm', from: seen });
    expect(at('sip:1001-x@198.51.100.9:40000')).toBe('sip:1001-x@10.0.0.6:5060');
  });

  it('RFC 3327: keeps Path and shows it in the answer', () => {
    const reply = register({ headers: ['Supported: path', 'Path: <sip:p2.test;lr>, <sip:p1.test;lr>'] });
    expect(reply.get('Path')).toEqual(['<sip:p2.test;lr>, <sip:p1.test;lr>']);
    expect(registrar.bindingsOf(1)[0]?.path).toEqual(['<sip:p2.test;lr>', '<sip:p1.test;lr>']);
  });

  it('G-24, G-28: keeps where a phone behind NAT really is beside its contact, which stays as it is', () => {
    const seen: Endpoint = { protocol: 'udp', address: '198.51.100.9', port: 40000 };
    const reply = register({ contact: '<sip:1001@10.0.0.5:5060>', via: 'SIP/2.0/UDP 10.0.0.5:5060;rport;branch=z9hG4bKn', from: seen });
    expect(reply.get('Contact')[0]).toContain('<sip:1001@10.0.0.5:5060>');
    expect(registrar.bindingsOf(1)[0]).toMatchObject({ nat: true, received: { remote: seen } });
    register({ callId: 'plain' });
    expect(registrar.bindingsOf(1)[1]?.nat).toBe(false);
  });

  it('refuses what it does not understand or must not send calls to', () => {
    expect(register({ headers: ['Require: gruu, path'] })).toMatchObject({ status: 420, headers: [['Unsupported', 'gruu']] });
    expect(register({ contact: '<tel:+441234>' }).status).toBe(400);
    expect(register({ contact: '<sip:0044900@example.test>' }).status).toBe(403);
  });

  it('forgets what has expired, at once for calls and at the sweep for good', () => {
    register({ headers: ['Expires: 60'] });
    now += 60_000;
    expect(contacts()).toEqual([]);
    expect(registrar.isOnline('sip:1001@example.test')).toBe(false);
    registrar.sweep();
    expect(heard.at(-1)).toBe('expired sip:1001@192.0.2.10:5060');
    expect(registrar.stats).toEqual({ registered: 0, expired: 1 });
    expect(stored.size).toBe(0);
  });

  it('O-60: adds and removes a permanent binding by hand; a phone cannot sweep it away', () => {
    const binding = registrar.add('sip:1001@example.test', 'sip:desk@192.0.2.99', { q: 300 });
    expect(registrar.add('sip:9999@example.test', 'sip:a@b')).toBeUndefined();
    register({ contact: '*', headers: ['Expires: 0'] });
    expect(contacts()).toEqual(['sip:desk@192.0.2.99']);
    expect(registrar.remove(binding!.id)).toBe(true);
    expect(registrar.remove(binding!.id)).toBe(false);
  });

  it('drops the bindings of a subscriber who is removed', () => {
    register();
    directory.removeSubscriber(1);
    expect(registrar.stats.registered).toBe(0);
  });

  it('takes stored bindings over, but for expired and orphaned ones', () => {
    register({ headers: ['Path: <sip:p1.test;lr>', 'User-Agent: Phone/1'] });
    const rows = [...stored.values()].map(toRow);
    const again = rows.map((row) => ({ ...fromRow(row, (text) => text.split(',')), flow: undefined }));
    expect(again).toEqual([...stored.values()]);
    const removed: number[] = [];
    const fresh = new Registrar({ directory, now: () => now, store: { save() {}, remove: (id) => removed.push(id) } });
    fresh.load([...again, { ...again[0]!, id: 50, expiresAt: now }, { ...again[0]!, id: 51, subscriberId: 99 }]);
    expect(removed).toEqual([50, 51]);
    expect(fresh.bindingsOf(1)).toHaveLength(1);
    expect(fresh.add('sip:1001@example.test', 'sip:n@h')?.id).toBe(52);
  });
});
