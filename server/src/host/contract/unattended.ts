import { z } from 'zod';
import { firewallSettings, network } from './firewall.ts';
import { language } from './language.ts';
import { timeSettings } from './machine.ts';
import { hostnameSettings, networkSettings } from './network.ts';

/** The part of `dialtone.yaml` that the agent hands to the server as `server/unattended.json` (0600); the server applies it once and removes it. */
export const unattendedServer = z.strictObject({
  /** SIP domain. */
  domain: z.string().max(253).optional(),
  /** ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  /** IANA zone; the machine's own time zone is the same. */
  timeZone: z.string().optional(),
  operatorName: z.string().max(120).optional(),
  /** Of the pages and mails; the console of the machine speaks the same. */
  language: language.optional(),
  admin: z
    .strictObject({
      login: z.string().min(1).max(60).default('admin'),
      name: z.string().min(1).max(120),
      email: z.email(),
      /** argon2id in PHC string form; a clear password is refused. */
      passwordHash: z.string().regex(/^\$argon2id\$/, 'must be an argon2id hash ($argon2id$...), never a clear password'),
    })
    .optional(),
  /** Where administrators may work from: in the file it is `firewall.adminNetworks`, which also opens the status page. */
  adminNetworks: z.array(network).min(1).max(64).optional(),
  /** Where backups go; checked by the server. */
  backup: z.record(z.string(), z.unknown()).optional(),
});
export type UnattendedServer = z.infer<typeof unattendedServer>;

/** `dialtone.yaml` on a volume labelled DIALTONE-CFG. Used for a new system only. */
export const unattended = unattendedServer.omit({ adminNetworks: true }).extend({
  /** auto-blank: the one blank disk that is not the boot medium; boot-stick: the free space behind the image; demo; else a disk's serial number. */
  disk: z.string().min(1).max(120),
  /** With `disk: <serial>`: the disk may hold something; without it only a blank one is used. */
  erase: z.boolean().default(false),
  hostname: hostnameSettings.shape.hostname.optional(),
  network: networkSettings.optional(),
  ntpServers: timeSettings.shape.ntpServers.optional(),
  firewall: firewallSettings.partial().optional(),
  sshKeys: z.array(z.string().max(16_384)).max(50).default([]),
});
export type Unattended = z.infer<typeof unattended>;
