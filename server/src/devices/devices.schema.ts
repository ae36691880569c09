import { z } from 'zod';
import { timeText } from '../http/index.ts';

/** All a person must type into a phone (M-54); the SIP password is known only at the moment it is made. */
export const deviceSettings = z
  .object({
    displayName: z.string(),
    username: z.string(),
    authUsername: z.string(),
    domain: z.string(),
    sipUri: z.string(),
    /** Registrar and outbound proxy. */
    server: z.string(),
    listeners: z.array(z.object({ transport: z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']), port: z.int() })),
    stunServer: z.string().nullable(),
    codecs: z.array(z.string()),
    registerExpires: z.int(),
  })
  .meta({ id: 'DeviceSettings' });
export type DeviceSettings = z.infer<typeof deviceSettings>;

/** `url` goes into the QR code; it works once, until expiresAt, and holds no password. */
export const provisioningLink = z.object({ url: z.string(), expiresAt: timeText }).meta({ id: 'ProvisioningLink' });
export type ProvisioningLink = z.infer<typeof provisioningLink>;

/** Shown once; only its hashes are kept. */
export const sipPasswordAnswer = z.object({ sipPassword: z.string() }).meta({ id: 'MySipPassword' });

export const provisioningToken = z.string().min(1).max(100);
