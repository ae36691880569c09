import { z } from 'zod';
import { ipAddress } from './network.ts';

/** "192.0.2.0/24", "fd00::/8", or a single address. */
export const network = z.union([z.cidrv4(), z.cidrv6(), ipAddress]);

/** What is open to everyone besides web (80, 443), SIP (5060 UDP and TCP, 5061 TCP) and STUN (3478 UDP). RTP ports are open while a call uses them. */
export const openPort = z.strictObject({
  protocol: z.enum(['udp', 'tcp']),
  from: z.int().min(1).max(65_535),
  to: z.int().min(1).max(65_535),
  comment: z.string().max(60).default(''),
});
export type OpenPort = z.infer<typeof openPort>;

/** Kept on the data disk (system/firewall.json); `GET /firewall`, `PUT /firewall` (answers it). 400 `port-range-wrong`. */
export const firewallSettings = z.strictObject({
  /** Networks that may open the status page (port 4357). The server holds admin pages to the same list by its own setting. */
  adminNetworks: z.array(network).max(64),
  /** Networks that may open SSH, once it is switched on. */
  sshNetworks: z.array(network).max(64),
  openPorts: z.array(openPort).max(64),
});
export type FirewallSettings = z.infer<typeof firewallSettings>;

/** RFC 1918, RFC 6598 left out, RFC 4193, link-local and loopback: who is "inside" until someone says otherwise. */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'] as const;

/**
 * `POST /bans` -> 204: the address (or network) reaches nothing of this machine. Banning again renews the time. 400 `address-wrong` for loopback and
 * for a network that holds it.
 */
export const ban = z.strictObject({
  address: network,
  seconds: z.int().min(1).max(31_536_000),
  reason: z.string().max(120),
});
export type Ban = z.infer<typeof ban>;

/** `GET /bans`; `DELETE /bans/<address, URL-encoded>` -> 204, 404 `not-banned`. */
export const banList = z.object({
  bans: z.array(z.object({ address: z.string(), reason: z.string(), /** ISO 8601. */ until: z.string() })),
});
export type BanList = z.infer<typeof banList>;

export const sshKey = z.object({
  /** ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa, sk-... */
  type: z.string(),
  comment: z.string(),
  /** "SHA256:..." as ssh-keygen -l prints it. */
  fingerprint: z.string(),
  /** The whole line. */
  key: z.string(),
});
export type SshKey = z.infer<typeof sshKey>;

/** `GET /ssh` */
export const sshView = z.object({
  enabled: z.boolean(),
  keys: z.array(sshKey),
  /** Fingerprints of the host keys. */
  hostKeys: z.array(z.string()),
});
export type SshView = z.infer<typeof sshView>;

/** `PUT /ssh` -> sshView. Logs in as root, by key only. 400 `key-wrong`, 409 `no-key` (enabled without a key). */
export const sshSettings = z.strictObject({ enabled: z.boolean(), keys: z.array(z.string().max(16_384)).max(50) });
export type SshSettings = z.infer<typeof sshSettings>;

/**
 * `GET /ssh/host-key`, `PUT /ssh/host-key` -> sshView: the private key by which the machine is known to SSH clients, for backups. OpenSSH format, null when
 * SSH was never on. 400 `key-wrong` for what is no ed25519 key without a passphrase. The server may ask for it: who may add keys of root has the machine anyway.
 */
export const sshHostKey = z.strictObject({ key: z.string().max(16_384).nullable() });
export type SshHostKey = z.infer<typeof sshHostKey>;
