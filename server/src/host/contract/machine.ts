import { z } from 'zod';

/** `PUT /time` */
export const timeSettings = z.strictObject({
  /** IANA name. 400 `no-such-zone`. */
  timeZone: z.string().regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/),
  /** Names or addresses; empty: Debian's pool and what DHCP says. */
  ntpServers: z.array(z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/)).max(8),
});
export type TimeSettings = z.infer<typeof timeSettings>;

/** `GET /time` */
/** `POST /time/clock`: sets the clock and the battery clock, for a machine that reaches no time server. 400 `clock-impossible` before the build. Answers timeView. */
export const setClock = z.strictObject({ now: z.iso.datetime() });
export type SetClock = z.infer<typeof setClock>;

export const timeView = z.object({
  settings: timeSettings,
  /** ISO 8601. */
  now: z.string(),
  synchronised: z.boolean(),
  /** Seconds this clock is ahead (+) or behind (-) of the servers; null while not known. */
  offset: z.number().nullable(),
  /** Name of the server that is followed; empty while none is. */
  source: z.string(),
  /** Time of the battery clock, ISO 8601; null when there is none. */
  rtc: z.string().nullable(),
  /** Earlier than the image was built: the clock cannot be right. */
  beforeBuild: z.boolean(),
  /** The greatest step the clock made since boot, in seconds (signed; 0 when none). */
  jump: z.number(),
});
export type TimeView = z.infer<typeof timeView>;

export const serviceView = z.object({
  /** Unit without ".service": dialtone, dialtone-host, chrony, ssh, systemd-networkd, systemd-resolved, nftables, systemd-journald. */
  name: z.string(),
  description: z.string(),
  /** systemd's ActiveState and SubState. */
  active: z.enum(['active', 'reloading', 'inactive', 'failed', 'activating', 'deactivating', 'maintenance']),
  sub: z.string(),
  /** ISO 8601; null when it is not running. */
  since: z.string().nullable(),
  /** Restarts by the supervisor since boot. */
  restarts: z.int(),
  /** Bytes of its control group; null when not known. */
  memory: z.number().nullable(),
  /** `POST /services/restart` takes it. */
  restartable: z.boolean(),
});
export type ServiceView = z.infer<typeof serviceView>;

/** `GET /services` */
export const serviceList = z.object({ services: z.array(serviceView) });
export type ServiceList = z.infer<typeof serviceList>;

/** `POST /services/restart` -> 204. 404 `no-such-service`. `POST /restart-server` -> 202 is the same for dialtone, answered before it goes. */
export const restartService = z.strictObject({ name: z.string().regex(/^[a-z-]+$/) });
export type RestartService = z.infer<typeof restartService>;

/** Syslog priorities (RFC 5424 section 6.2.1), most urgent first. */
export const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

/** Query of `GET /logs`. Newest first. */
export const logQuery = z.strictObject({
  unit: z
    .string()
    .regex(/^[A-Za-z0-9@._:-]{1,64}$/)
    .optional(),
  /** This priority and the more urgent ones. */
  priority: z.enum(PRIORITIES).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  /** Part of the message, case does not matter. */
  text: z.string().max(200).optional(),
  /** `next` of the page before. */
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type LogQuery = z.infer<typeof logQuery>;

export const logEntry = z.object({
  cursor: z.string(),
  /** ISO 8601 with microseconds cut to milliseconds. */
  time: z.string(),
  /** Unit, or the kernel. */
  unit: z.string(),
  priority: z.enum(PRIORITIES),
  message: z.string(),
});
export type LogEntry = z.infer<typeof logEntry>;

/** `GET /logs` */
export const logPage = z.object({ entries: z.array(logEntry), next: z.string().nullable() });
export type LogPage = z.infer<typeof logPage>;

/** `POST /power` -> 202; it happens a second later. */
export const powerAction = z.strictObject({ action: z.enum(['reboot', 'poweroff']) });
export type PowerAction = z.infer<typeof powerAction>;

/** `POST /factory-reset` -> 202: everything on the data disk is erased and the machine boots again. 409 `confirm-needed`. */
export const factoryReset = z.strictObject({ confirm: z.string() });
export type FactoryReset = z.infer<typeof factoryReset>;

/** `GET /system` */
export const systemView = z.object({
  version: z.string(),
  buildId: z.string(),
  /** ISO 8601. */
  buildDate: z.string(),
  kernel: z.string(),
  /** Seconds since boot. */
  uptime: z.number(),
  cpu: z.object({
    model: z.string(),
    cores: z.int(),
    /** 0..1 of all cores, over the time since the last question (at least a second). */
    busy: z.number(),
    load: z.tuple([z.number(), z.number(), z.number()]),
  }),
  /** Bytes. `available` as the kernel estimates it. */
  memory: z.object({ total: z.number(), available: z.number(), swapTotal: z.number(), swapFree: z.number() }),
  /** File systems: the data disk and the overlay in memory. Bytes. */
  disks: z.array(z.object({ name: z.string(), mountPoint: z.string(), size: z.number(), free: z.number() })),
  /** Degrees Celsius. */
  temperatures: z.array(z.object({ name: z.string(), celsius: z.number() })),
  firmware: z.enum(['bios', 'uefi']),
  secureBoot: z.boolean(),
  bootMedium: z.object({
    device: z.string(),
    /** Runs from memory (toram): the medium may be removed. */
    inMemory: z.boolean(),
    /** Where the image is mounted, for the integrity check. */
    mountPoint: z.string(),
  }),
});
export type SystemView = z.infer<typeof systemView>;
