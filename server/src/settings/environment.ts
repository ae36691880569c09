import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { isSource } from '../directory/source-list.ts';

/** One address a SIP listener binds to. Port 0 lets the system choose (tests). */
export interface SipListener {
  readonly protocol: 'udp' | 'tcp' | 'tls';
  /** Textual IP; IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
}

const DEFAULT_SIP = 'udp:0.0.0.0:5060,tcp:0.0.0.0:5060,udp:[::]:5060,tcp:[::]:5060';
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * What the process is told from outside, read once at start. Injectable by its class; everything that can be changed while running is in the settings
 * instead.
 */
export class Environment {
  /** Absolute path of the data folder: database, backups, admin token. */
  readonly dataDir: string;
  readonly http: { readonly host: string; readonly port: number };
  /** Pages over TLS; plain http then leads browsers here. */
  readonly https: { readonly host: string; readonly port: number } | undefined;
  readonly sip: readonly SipListener[];
  /** Addresses of the STUN service; none when it is off. */
  readonly stun: readonly { readonly address: string; readonly port: number }[];
  /** UDP ports for media, both included. */
  readonly rtp: { readonly first: number; readonly last: number };
  /** Proposed SIP domain of the set-up page. */
  readonly domain: string | undefined;
  /** Address written into Via, Contact and Record-Route instead of the bound one. */
  readonly publicIp: string | undefined;
  /** Proposed ISO 4217 code of the set-up page. */
  readonly currency: string | undefined;
  /** SMTP server used while the settings name none. */
  readonly smtpUrl: string | undefined;
  /** Addresses and networks of proxies in front of the pages, whose X-Forwarded-For and -Proto are believed. */
  readonly trustProxy: readonly string[];
  /** Unix socket of the host agent; only the appliance has one. */
  readonly hostSocket: string | undefined;
  /** What the build of the image wrote down: version, date, public key. */
  readonly releaseFile: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];

  constructor(values: Omit<Environment, 'databaseFile' | 'adminTokenFile' | 'runFile' | 'backupDir' | 'tlsDir' | 'usesTls'>) {
    this.dataDir = values.dataDir;
    this.http = values.http;
    this.https = values.https;
    this.sip = values.sip;
    this.stun = values.stun;
    this.rtp = values.rtp;
    this.domain = values.domain;
    this.publicIp = values.publicIp;
    this.currency = values.currency;
    this.smtpUrl = values.smtpUrl;
    this.trustProxy = values.trustProxy;
    this.hostSocket = values.hostSocket;
    this.releaseFile = values.releaseFile;
    this.logLevel = values.logLevel;
  }

  get databaseFile(): string {
    return resolve(this.dataDir, 'dialtone.sqlite');
  }
  get adminTokenFile(): string {
    return resolve(this.dataDir, 'admin-token');
  }
  get runFile(): string {
    return resolve(this.dataDir, 'run.json');
  }
  /** Certificates and their keys. */
  get tlsDir(): string {
    return resolve(this.dataDir, 'tls');
  }
  /** Does anything listen that needs a certificate? */
  get usesTls(): boolean {
    return this.https !== undefined || this.sip.some(({ protocol }) => protocol === 'tls');
  }
  get backupDir(): string {
    return resolve(this.dataDir, 'backups');
  }
}

/** Every wrong variable at once, each with what to do about it. */
export class EnvironmentError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `Dialtone cannot start: ${faults.length === 1 ? 'one setting is' : `${faults.length} settings are`} wrong.\n${faults.map((f) => `  ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

const portOf = (text: string): number | undefined => {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65_535 ? port : undefined;
};

/** "host:port" or "[v6]:port". */
export function hostPort(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(text);
  const port = match?.[3] === undefined ? undefined : portOf(match[3]);
  const host = match?.[1] ?? match?.[2];
  if (!match || port === undefined || host === undefined) return undefined;
  if (match[1] !== undefined && isIP(match[1]) !== 6) return undefined;
  return { host, port };
}

function sipListener(text: string): SipListener | string {
  const colon = text.indexOf(':');
  const protocol = text.slice(0, colon).toLowerCase();
  if (colon < 0 || (protocol !== 'udp' && protocol !== 'tcp' && protocol !== 'tls')) return `"${text}" must start with udp:, tcp: or tls:`;
  const at = hostPort(text.slice(colon + 1));
  if (!at) return `"${text}" must end in address:port, IPv6 in brackets, such as ${protocol}:[::]:${protocol === 'tls' ? 5061 : 5060}`;
  if (isIP(at.host) === 0) return `"${text}": ${at.host} is not an IP address; give the address to listen on`;
  return { protocol, address: at.host, port: at.port };
}

const httpText = z.string().transform((text, context) => {
  const at = hostPort(text) ?? (portOf(text) === undefined ? undefined : { host: '0.0.0.0', port: Number(text) });
  if (at) return at;
  context.addIssue({ code: 'custom', message: `expected address:port such as 127.0.0.1:8080, found "${text}"` });
  return z.NEVER;
});

const sipText = z.string().transform((text, context) => {
  const listeners: SipListener[] = [];
  for (const part of text.split(',').map((p) => p.trim())) {
    const listener = sipListener(part);
    if (typeof listener === 'string') context.addIssue({ code: 'custom', message: `${listener} (several are separated by commas)` });
    else if (
      listener.port !== 0 &&
      listeners.some((l) => l.protocol === listener.protocol && l.port === listener.port && l.address === listener.address)
    )
      context.addIssue({ code: 'custom', message: `"${part}" is named twice; remove one` });
    else listeners.push(listener);
  }
  return listeners;
});

/** A quarter of it is for one relay, which needs four ports for a call. */
const FEWEST_RTP_PORTS = 16;

const rtpText = z.string().transform((text, context) => {
  const match = /^(\d+)-(\d+)$/.exec(text.trim());
  const first = portOf(match?.[1] ?? '');
  const last = portOf(match?.[2] ?? '');
  if (first !== undefined && last !== undefined && first >= 1024 && last - first >= FEWEST_RTP_PORTS - 1) return { first, last };
  context.addIssue({
    code: 'custom',
    message: `expected a range of at least ${FEWEST_RTP_PORTS} ports above 1023 such as 10000-30000, found "${text}"`,
  });
  return z.NEVER;
});

const stunText = z.string().transform((text, context) => {
  if (text.trim().toLowerCase() === 'off') return [];
  const listeners: { address: string; port: number }[] = [];
  for (const part of text.split(',').map((p) => p.trim())) {
    const found = hostPort(part);
    if (found && isIP(found.host) !== 0) listeners.push({ address: found.host, port: found.port });
    else context.addIssue({ code: 'custom', message: `expected "off" or addresses such as 0.0.0.0:3478,[::]:3478, found "${part}"` });
  }
  return listeners;
});

// An address or a network of a gateway, but the port it sends from says nothing of a web proxy.
export const isNetwork = (text: string): boolean => isIP(text.split('/')[0] ?? '') !== 0 && isSource(text);

const proxyText = z.string().transform((text, context) => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  for (const part of parts) {
    if (!isNetwork(part))
      context.addIssue({
        code: 'custom',
        message: `"${part}" is no address and no network such as 10.0.0.0/8 (several are separated by commas)`,
      });
  }
  return parts;
});

const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** A SIP domain: a host name or an IP address, lower case. */
export const isDomain = (text: string): boolean => DOMAIN.test(text) || isIP(text) !== 0;

export const isSmtpUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'smtp:' || url.protocol === 'smtps:') && url.hostname !== '';
};

/** Whether the path is a folder, or one can be made there: what there is of it already is no file. Rights show when it is made. */
function canBeFolder(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found) return found.isDirectory();
    if (dirname(at) === at) return true;
  }
}

const variables = z.object({
  DIALTONE_DATA: z
    .string()
    .default('./data')
    .refine(canBeFolder, { error: (issue) => `${resolve(String(issue.input))} is, or lies below, a file; name a folder` }),
  DIALTONE_HTTP: z.string().default('0.0.0.0:8080').pipe(httpText),
  DIALTONE_HTTPS: z.string().pipe(httpText).optional(),
  DIALTONE_SIP: z.string().default(DEFAULT_SIP).pipe(sipText),
  DIALTONE_STUN: z.string().default('0.0.0.0:3478,[::]:3478').pipe(stunText),
  DIALTONE_RTP: z.string().default('10000-30000').pipe(rtpText),
  DIALTONE_DOMAIN: z
    .string()
    .toLowerCase()
    .refine(isDomain, { error: (issue) => `expected a host name or IP address such as sip.example.org, found "${issue.input}"` })
    .optional(),
  DIALTONE_PUBLIC_IP: z
    .string()
    .refine((text) => isIP(text) !== 0, { error: (issue) => `expected one IP address, found "${issue.input}"` })
    .optional(),
  DIALTONE_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: (issue) => `expected a three-letter currency code such as EUR, found "${issue.input}"` })
    .optional(),
  // The value may hold a password, so the message never repeats it.
  DIALTONE_SMTP_URL: z.string().refine(isSmtpUrl, { error: 'expected smtp://user:password@host:port or smtps://...' }).optional(),
  DIALTONE_TRUST_PROXY: z.string().default('').pipe(proxyText),
  DIALTONE_HOST_SOCKET: z
    .string()
    .refine(isAbsolute, { error: (issue) => `expected the path of a socket such as /run/dialtone-host/host.sock, found "${issue.input}"` })
    .optional(),
  DIALTONE_RELEASE_FILE: z.string().default('/etc/dialtone-release'),
  DIALTONE_LOG: z
    .enum(LOG_LEVELS, { error: (issue) => `expected one of ${LOG_LEVELS.join(', ')}, found "${issue.input}"` })
    .default('info'),
});

/**
 * Reads and checks all DIALTONE_ variables.
 * @param source usually process.env; an empty variable counts as not set
 * @throws EnvironmentError naming every fault
 */
export function readEnvironment(source: NodeJS.ProcessEnv = process.env): Environment {
  const given = Object.fromEntries(Object.entries(source).filter(([name, value]) => name.startsWith('DIALTONE_') && value?.trim()));
  const result = variables.safeParse(given);
  if (!result.success) throw new EnvironmentError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const v = result.data;
  return new Environment({
    dataDir: resolve(v.DIALTONE_DATA),
    http: v.DIALTONE_HTTP,
    https: v.DIALTONE_HTTPS,
    sip: v.DIALTONE_SIP,
    stun: v.DIALTONE_STUN,
    rtp: v.DIALTONE_RTP,
    domain: v.DIALTONE_DOMAIN,
    publicIp: v.DIALTONE_PUBLIC_IP,
    currency: v.DIALTONE_CURRENCY,
    smtpUrl: v.DIALTONE_SMTP_URL,
    hostSocket: v.DIALTONE_HOST_SOCKET,
    releaseFile: v.DIALTONE_RELEASE_FILE,
    trustProxy: v.DIALTONE_TRUST_PROXY,
    logLevel: v.DIALTONE_LOG,
  });
}
