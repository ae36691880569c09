import { RateTable } from '../billing/rate-table.ts';
import type { Gateway, Subscriber, Tariff } from './types.ts';

/** Builders for tests: a valid row, changed where the test cares. */
export const aSubscriber = (changes: Partial<Subscriber> = {}): Subscriber => ({
  id: 1,
  number: '1001',
  domain: 'example.test',
  displayName: 'Ann Example',
  email: null,
  language: 'en',
  status: 'active',
  ha1Md5: '',
  ha1Sha256: '',
  ha1Md5AtDomain: null,
  ha1Sha256AtDomain: null,
  groups: ['local', 'int'],
  tariffId: 1,
  maxCalls: 10,
  selfSignedUp: false,
  callerId: null,
  doNotDisturb: false,
  takesMessages: true,
  recordCalls: false,
  ...changes,
});

export const aGateway = (changes: Partial<Gateway> = {}): Gateway => ({
  id: 1,
  name: 'carrier',
  enabled: true,
  host: '192.0.2.10',
  port: 5060,
  transport: 'udp',
  username: null,
  password: null,
  register: false,
  prefix: '00',
  strip: 0,
  add: '',
  priority: 10,
  maxCalls: null,
  sources: [],
  callerIdMode: 'from',
  probe: false,
  tlsVerify: true,
  ringTimeout: 45,
  relayMedia: 'when-needed',
  recordCalls: false,
  ...changes,
});

export const aTariff = (changes: Partial<Tariff> = {}): Tariff => ({
  id: 1,
  name: 'Standard',
  parentId: null,
  isDefault: true,
  scale: 4,
  rounding: 'half-up',
  table: new RateTable(),
  ...changes,
});
