import { isIP } from 'node:net';
import { z } from 'zod';
import { isSource } from '../directory/source-list.ts';
import { timeText } from '../http/index.ts';

// Host names after RFC 1123 section 2.1; a last label of digits only would be a mistyped IPv4 address.
const hostName = /^(?=.{1,253}$)(?!(?:.*\.)?[0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

export function isHost(text: string): boolean {
  return isIP(text) !== 0 || hostName.test(text);
}

/** An address, with a port or not, or a CIDR block, both families. Blocks wider than /8 are refused: they would trust half the Internet. */
export function isTrustedSource(text: string): boolean {
  const bits = /\/(\d{1,3})$/.exec(text)?.[1];
  return isSource(text) && (bits === undefined || Number(bits) >= 8);
}

const dialString = z.string().regex(/^\+?[0-9*#]{0,31}$/, 'Expected digits, such as 00');
const secretText = z
  .string()
  .max(255)
  .regex(/^[\x20-\x7e]*$/, 'Expected printable ASCII signs');

const name = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, 'Expected letters, digits, blanks, dots, dashes');

const fields = {
  name,
  enabled: z.boolean(),
  host: z.string().trim().toLowerCase().refine(isHost, 'Expected a host name or an IP address, without port'),
  port: z.int().min(1).max(65_535),
  transport: z.enum(['udp', 'tcp', 'tls']),
  tlsVerify: z.boolean().describe('Over TLS: call only when its certificate stands for the host and comes from a trusted authority'),
  username: secretText.max(120).nullable().describe('User of the digest credentials the gateway gave us'),
  password: secretText.nullable().describe('Write-only: it is never shown again'),
  register: z.boolean().describe('Register with the gateway and keep the registration'),
  prefix: dialString.describe('Dialled prefix this gateway serves; 00 stands for all international calls (+ is read as 00)'),
  strip: z.int().min(0).max(31).describe('Digits to take off the front of what was dialled'),
  add: dialString.describe('Digits to put in front afterwards'),
  priority: z.int().min(0).max(1000).describe('Lower is tried first'),
  maxCalls: z.int().min(1).max(100_000).nullable().describe('Simultaneous calls, null for no limit'),
  sources: z.array(z.string().trim().refine(isTrustedSource, 'Expected an IP address, address:port, or a CIDR block')).max(40),
  callerIdMode: z
    .enum(['from', 'p-asserted-identity', 'anonymous'])
    .describe('How the caller is named: in From, also in P-Asserted-Identity, or not at all'),
  probe: z
    .boolean()
    .describe(
      'Ask with OPTIONS whether it is alive; any final answer but 503 counts. On unless switched off, as for a carrier that never answers',
    ),
  ringTimeout: z.int().min(5).max(600).describe('Seconds an unanswered call may ring there before the next gateway is tried'),
  relayMedia: z
    .enum(['never', 'when-needed', 'always'])
    .describe('Does the media of its calls pass through this server? when-needed: behind NAT, or between private and public addresses'),
  recordCalls: z.boolean().describe('Its calls are recorded'),
};

export const newGateway = z
  .strictObject({
    ...fields,
    enabled: fields.enabled.optional(),
    port: fields.port.optional(),
    transport: fields.transport.optional(),
    tlsVerify: fields.tlsVerify.optional(),
    username: fields.username.optional(),
    password: fields.password.optional(),
    register: fields.register.optional(),
    strip: fields.strip.optional(),
    add: fields.add.optional(),
    priority: fields.priority.optional(),
    maxCalls: fields.maxCalls.optional(),
    sources: fields.sources.optional(),
    callerIdMode: fields.callerIdMode.optional(),
    probe: fields.probe.optional(),
    ringTimeout: fields.ringTimeout.optional(),
    relayMedia: fields.relayMedia.optional(),
    recordCalls: fields.recordCalls.optional(),
  })
  .meta({ id: 'NewGateway' });
export type NewGateway = z.infer<typeof newGateway>;

export const gatewayPatch = z.strictObject(fields).partial().meta({ id: 'GatewayPatch' });
export type GatewayPatch = z.infer<typeof gatewayPatch>;

export const gatewayStatus = z
  .object({
    state: z
      .enum(['up', 'down', 'unknown', 'disabled'])
      .describe('down: it did not answer its last OPTIONS, or with 503; unknown: not probed yet, or not to be probed'),
    registration: z.enum(['off', 'trying', 'registered', 'failed']),
    rttMs: z.number().nullable().describe('Round trip of the last OPTIONS that was answered'),
    avoidedUntil: timeText.nullable().describe('A call to it failed: others are tried first until then'),
    lastError: z.string().nullable(),
    changedAt: timeText.nullable(),
    activeCalls: z.int(),
  })
  .meta({ id: 'GatewayStatus' });
export type GatewayStatusDto = z.infer<typeof gatewayStatus>;

export const gatewayDto = z
  .object({
    id: z.int(),
    ...fields,
    host: z.string(),
    sources: z.array(z.string()),
    password: z.undefined().optional(),
    hasPassword: z.boolean(),
    createdAt: timeText,
    updatedAt: timeText,
    status: gatewayStatus,
  })
  .omit({ password: true })
  .meta({ id: 'Gateway' });
export type GatewayDto = z.infer<typeof gatewayDto>;

export const gatewayList = z.object({ items: z.array(gatewayDto) }).meta({ id: 'GatewayList' });
