import type { DeviceSettings } from './devices.schema.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
// Characters XML 1.0 does not allow at all are left out.
const escapeXml = (text: string): string =>
  text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g, '').replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

type Section = readonly [name: string, entries: Readonly<Record<string, string | number>>];

const section = ([name, entries]: Section): string =>
  [
    `  <section name="${name}">`,
    ...Object.entries(entries).map(([key, value]) => `    <entry name="${key}" overwrite="true">${escapeXml(String(value))}</entry>`),
    '  </section>',
  ].join('\n');

const hostInUri = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/**
 * Remote provisioning file of Linphone (lpconfig.xsd). The account is handed over as HA1 with realm and algorithm (RFC 7616 3.4.2), never as a clear
 * password.
 */
export function linphoneConfig(device: DeviceSettings, ha1: { value: string; algorithm: 'MD5' | 'SHA-256' }): string {
  const listener = device.listeners.find((l) => l.transport === 'tcp') ?? device.listeners[0];
  const proxy = `<sip:${hostInUri(device.server)}:${listener?.port ?? 5060};transport=${listener?.transport ?? 'udp'}>`;
  const sections: Section[] = [
    ['misc', { transient_provisioning: 1 }],
    ['sip', { default_proxy: 0, media_encryption: 'none' }],
    [
      'proxy_0',
      {
        reg_proxy: proxy,
        reg_route: proxy,
        reg_identity: `"${device.displayName.replace(/["\\]/g, '')}" <${device.sipUri}>`,
        reg_expires: device.registerExpires,
        reg_sendregister: 1,
        publish: 0,
      },
    ],
    [
      'auth_info_0',
      { username: device.authUsername, domain: device.domain, realm: device.domain, ha1: ha1.value, algorithm: ha1.algorithm },
    ],
    ...(device.stunServer
      ? [['nat_policy_default', { ref: 'dialtone', stun_server: device.stunServer, protocols: 'stun' }] satisfies Section]
      : []),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">\n${sections.map(section).join('\n')}\n</config>\n`;
}
