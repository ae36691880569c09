import { z } from 'zod';

const ipv4 = z.ipv4();
const ipv6 = z.ipv6();
export const ipAddress = z.union([ipv4, ipv6]);
/** "192.0.2.10/24", "2001:db8::10/64". */
export const ipWithPrefix = z.union([z.cidrv4(), z.cidrv6()]);

/** Becomes a part of file names and of lines of networkd: nothing but these signs. */
const interfaceName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/);

/** Settings of one interface. */
export const interfaceSettings = z.strictObject({
  /** Kernel name: "enp1s0", or "enp1s0.20" for a VLAN (made by `vlan`). */
  name: interfaceName,
  /** IPv4. */
  method: z.enum(['dhcp', 'static', 'off']),
  /** Static addresses with prefix length, IPv4 for `method: static`, IPv6 for `ipv6: static`. */
  addresses: z.array(ipWithPrefix).max(16).default([]),
  gateway: ipv4.nullable().default(null),
  ipv6: z.enum(['auto', 'static', 'off']).default('auto'),
  gateway6: ipv6.nullable().default(null),
  /** IEEE 802.1Q id when this is a VLAN; `parent` is the interface it rides on. */
  vlan: z
    .strictObject({ parent: interfaceName, id: z.int().min(1).max(4094) })
    .nullable()
    .default(null),
});
export type InterfaceSettings = z.infer<typeof interfaceSettings>;

/** What is kept on the data disk (system/network.json) and what `PUT /network` takes. Ethernet ports not named here use DHCP. */
export const networkSettings = z.strictObject({
  interfaces: z.array(interfaceSettings).max(32),
  /** Name servers; empty: what DHCP and router advertisements say. */
  dns: z.array(ipAddress).max(6).default([]),
});
export type NetworkSettings = z.infer<typeof networkSettings>;

/** What an interface is at the moment. */
export const interfaceStatus = z.object({
  name: z.string(),
  mac: z.string(),
  /** A cable with something at its other end. */
  link: z.boolean(),
  /** Mbit/s; null when the driver does not say. */
  speed: z.number().nullable(),
  /** With prefix length; link-local IPv6 left out. */
  addresses: z.array(z.string()),
  gateway: z.string().nullable(),
  gateway6: z.string().nullable(),
});
export type InterfaceStatus = z.infer<typeof interfaceStatus>;

/** A change that was applied and rolls back unless it is confirmed. */
export const pendingNetwork = z.object({
  /** To be sent to `POST /network/confirm`. */
  pending: z.string(),
  /** ISO 8601: the moment of the roll-back. */
  deadline: z.string(),
  /** Static addresses (without prefix length) the machine can be reached at after the change; with DHCP they are not known yet. */
  addresses: z.array(z.string()),
});
export type PendingNetwork = z.infer<typeof pendingNetwork>;

/** `GET /network` */
export const networkView = z.object({
  settings: networkSettings,
  status: z.array(interfaceStatus),
  dns: z.array(z.string()),
  pending: pendingNetwork.nullable(),
});
export type NetworkView = z.infer<typeof networkView>;

/** `POST /network/confirm`, `POST /network/rollback`: 404 `nothing-pending`, 409 `wrong-token`. Both answer networkView. */
export const confirmNetwork = z.strictObject({ token: z.string().min(1) });
export type ConfirmNetwork = z.infer<typeof confirmNetwork>;

/** `GET /hostname`, `PUT /hostname` (RFC 1123 label or name). */
export const hostnameSettings = z.strictObject({
  hostname: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/),
});
export type HostnameSettings = z.infer<typeof hostnameSettings>;
