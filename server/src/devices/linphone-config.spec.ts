import { expect, it } from 'vitest';
import type { DeviceSettings } from './devices.schema.ts';
import { linphoneConfig } from './linphone-config.ts';

const device: DeviceSettings = {
  displayName: 'Anna "<&>" Müller',
  username: '1001',
  authUsername: '1001',
  domain: 'sip.example.org',
  sipUri: 'sip:1001@sip.example.org',
  server: '2001:db8::1',
  listeners: [
    { transport: 'udp', port: 5060 },
    { transport: 'tcp', port: 5070 },
  ],
  stunServer: null,
  codecs: [],
  registerExpires: 3600,
};

it('hands the account over as HA1 and never as a password', () => {
  const xml = linphoneConfig(device, { value: 'a'.repeat(32), algorithm: 'MD5' });
  expect(xml).toContain('<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">');
  expect(xml).toContain(`<entry name="ha1" overwrite="true">${'a'.repeat(32)}</entry>`);
  expect(xml).toContain('<entry name="realm" overwrite="true">sip.example.org</entry>');
  expect(xml).toContain('<entry name="algorithm" overwrite="true">MD5</entry>');
  expect(xml).toContain('&lt;sip:[2001:db8::1]:5070;transport=tcp&gt;');
  expect(xml).not.toContain('passwd');
  expect(xml).toContain('&quot;Anna &lt;&amp;&gt; Müller&quot; &lt;sip:1001@sip.example.org&gt;');
});
