export type { Tariff } from '../billing/rate-table.ts';

/** A person (or desk) with a SIP account. `number` is the user part of the AOR `sip:number@domain`. */
export interface Subscriber {
  readonly id: number;
  readonly number: string;
  /** Lower case. */
  readonly domain: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly language: 'en' | 'es';
  readonly status: 'active' | 'suspended' | 'closed';
  /** MD5 of `number:domain:password`, hex (RFC 7616 3.4.2). The password itself is never kept (H-4). */
  readonly ha1Md5: string;
  /** SHA-256 of `number:domain:password`, hex. */
  readonly ha1Sha256: string;
  /** The same of `number@domain` as the user name; null when the password is older than these. */
  readonly ha1Md5AtDomain: string | null;
  readonly ha1Sha256AtDomain: string | null;
  /** Permissions such as `local`, `ld`, `int`, `voicemail`, `free-pstn` (O-102, H-6). */
  readonly groups: readonly string[];
  readonly tariffId: number;
  /** Calls at once that he may make; ringing counts. */
  readonly maxCalls: number;
  /** Came by the public sign-up form: no calls abroad until an administrator grants `int`. */
  readonly selfSignedUp: boolean;
  /** Number shown to gateways instead of his own, E.164 digits. */
  readonly callerId: string | null;
  /** No phone of his rings: calls go to his mailbox, or are refused. */
  readonly doNotDisturb: boolean;
  /** His mailbox takes messages, where the group `voicemail` gives him one. */
  readonly takesMessages: boolean;
  /** His calls are recorded, those he makes and those he answers. */
  readonly recordCalls: boolean;
}

export type GatewayTransport = 'udp' | 'tcp' | 'tls';

/** Does the media of a call pass through the server? `when-needed`: behind NAT, between private and public addresses, IPv4 and IPv6. */
export type MediaPolicy = 'never' | 'when-needed' | 'always';

/** What a gateway is told about the caller: his caller id (or number), or nothing. */
export type CallerIdMode = 'from' | 'p-asserted-identity' | 'anonymous';

/** A peer that takes calls to, or brings calls from, the telephone network (G-48, O-117). */
export interface Gateway {
  readonly id: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
  readonly transport: GatewayTransport;
  /** Over TLS: insist on a certificate that stands for `host`. */
  readonly tlsVerify: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** Send REGISTER to it with the user name and password above. */
  readonly register: boolean;
  /** Dialled prefix it serves, compared with the number written as `00` + E.164 digits; empty = every number. */
  readonly prefix: string;
  /** Digits taken off the front of that number before it is sent. */
  readonly strip: number;
  /** Digits then put in front. */
  readonly add: string;
  /** Of two gateways with equally long prefixes the lower value goes first. */
  readonly priority: number;
  /** Calls at once, both directions; null = no limit. */
  readonly maxCalls: number | null;
  /** Addresses its calls come from: `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
  readonly sources: readonly string[];
  readonly callerIdMode: CallerIdMode;
  /** Ask it with OPTIONS whether it lives. */
  readonly probe: boolean;
  /** Seconds without a final answer after which the call is given up (G-54: 45 s, the telephone network is slow). */
  readonly ringTimeout: number;
  readonly relayMedia: MediaPolicy;
  /** Its calls are recorded. */
  readonly recordCalls: boolean;
}

/** Another name of a subscriber: an alias inside a domain, or a DID that gateways call (G-36, O-97). */
export interface NumberEntry {
  readonly id: number;
  /** Alias: user part. DID: E.164 digits without `+`. */
  readonly number: string;
  /** Domain of an alias; null = in every domain (always so for a DID). */
  readonly domain: string | null;
  readonly kind: 'alias' | 'did';
  readonly subscriberId: number | null;
  /** SIP URI to go to when it is not a subscriber's. */
  readonly target: string | null;
}

/** The settings the SIP path reads. Durations are seconds. */
export interface DirectorySettings {
  /** Domain that stands for the server's own addresses (`sip:1001@192.0.2.1`); lower case. */
  readonly domain: string;
  /** How long the phones of a subscriber ring (G-54). */
  readonly ringSeconds: number;
  /** Longest talk of any call; null = no limit. */
  readonly maxCallSeconds: number | null;
  readonly minExpires: number;
  readonly maxExpires: number;
  readonly defaultExpires: number;
  /** Contact bindings of one AOR (O-61). */
  readonly maxContacts: number;
  /** May callers of other domains, who cannot be authenticated, ring our subscribers (O-101)? */
  readonly acceptStrangers: boolean;
  /** May our subscribers call SIP addresses of other domains, free of charge (O-4)? */
  readonly allowForeignCalls: boolean;
  /** Record-Route with `;lr=on`, for old phones that drop a parameter without a value (G-8). */
  readonly recordRouteLrOn: boolean;
  /** Digest algorithms, in the order of the challenges. Credentials of others are not accepted. */
  readonly digestAlgorithms: readonly ('MD5' | 'SHA-256')[];
  /** Session-Expires asked of gateways, and the least accepted (RFC 4028). */
  readonly sessionExpires: number;
  readonly minSessionExpires: number;
  /** Seconds between two OPTIONS to a phone behind NAT (O-155); 0 = none. */
  readonly keepAliveSeconds: number;
  /** User-Agent patterns of phones that send SIP, or media, from elsewhere than they receive it (G-42). */
  readonly sipAsymmetricAgents: readonly string[];
  readonly rtpAsymmetricAgents: readonly string[];
  /** Relay the media of every call, or only where it is needed. */
  readonly mediaRelay: 'when-needed' | 'always';
  /** Whoever relays takes encryption and ICE (RFC 8445) off the media, which gateways do not know. */
  readonly decryptsMedia: boolean;
  /** Silence after which an answered relayed call is ended; null = never. */
  readonly rtpSilenceSeconds: number | null;
  /** Of announcements to callers whose own is not known. */
  readonly language: 'en' | 'es';
  /** Say in words why a call is refused. */
  readonly announcements: boolean;
  /** Callers hear how many minutes are left when it is fewer than these; 0 = never. */
  readonly minutesLeftBelow: number;
  /** Say "one minute left" while talking, and relay calls whose credit is short for it. */
  readonly lastMinuteWarning: boolean;
  /** May a conference room be opened by dialling it? */
  readonly adHocConferences: boolean;
  /** Tell phones of waiting messages also when they did not subscribe (RFC 3842). */
  readonly mwiUnsolicited: boolean;
}

export const defaultDirectorySettings: DirectorySettings = {
  domain: 'localhost',
  ringSeconds: 45,
  maxCallSeconds: 4 * 3600,
  minExpires: 60,
  maxExpires: 3600,
  defaultExpires: 3600,
  maxContacts: 10,
  acceptStrangers: false,
  allowForeignCalls: false,
  recordRouteLrOn: false,
  // MD5 first: phones exist that read only the first challenge, and of those few know SHA-256.
  digestAlgorithms: ['MD5', 'SHA-256'],
  sessionExpires: 1800,
  minSessionExpires: 90,
  keepAliveSeconds: 30,
  mwiUnsolicited: true,
  sipAsymmetricAgents: [],
  rtpAsymmetricAgents: [],
  mediaRelay: 'when-needed',
  decryptsMedia: false,
  rtpSilenceSeconds: 60,
  language: 'en',
  announcements: true,
  minutesLeftBelow: 5,
  lastMinuteWarning: true,
  adHocConferences: true,
};

export interface DirectoryChange {
  readonly kind: 'subscriber' | 'gateway' | 'number' | 'domain' | 'tariff' | 'settings' | 'feature-code';
  readonly action: 'upsert' | 'remove';
  /** The row, or the name of a domain; undefined for settings and feature codes. */
  readonly id?: number | string;
}
