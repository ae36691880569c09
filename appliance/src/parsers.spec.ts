// The small readers of what programs and files of the machine say.
import { describe, expect, it } from 'vitest';
import { idOf } from './data/layout.ts';
import { logArguments, parseEntry } from './logs/logs.ts';
import { parseRelease } from './release.ts';
import { nodeFlags, serverEnvironment } from './services/server-environment.ts';
import { lastWords } from './services/server-watch.ts';
import { failedServices, parseShow } from './services/services.ts';
import { parseKey } from './ssh/keys.ts';
import { parseCpuTicks, parseMeminfo } from './system/system.ts';
import { JumpWatch, parseTracking, renderSources } from './time/time.ts';
import { mountOptions } from './usb/usb.ts';

describe('time', () => {
  it('reads chronyc -c tracking', () => {
    const followed = 'C0000235,ntp1.example.org,2,1795246589.123,-0.000213,0.0001,0.0002,1.2,0.1,0.2,0.01,0.002,64.2,Normal';
    expect(parseTracking(followed)).toEqual({ synchronised: true, source: 'ntp1.example.org', offset: -0.000213 });
    expect(parseTracking('00000000,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised')).toEqual({
      synchronised: false,
      source: '',
      offset: null,
    });
    expect(parseTracking('')).toEqual({ synchronised: false, source: '', offset: null });
  });

  it('tells a step of the clock from its slow drift, and keeps the greatest (A-25)', () => {
    const watch = new JumpWatch();
    const wall = Date.now();
    const mono = performance.now();
    expect(watch.look(wall + 1000, mono + 1000)).toBe(0);
    expect(watch.look(wall + 2300, mono + 2000)).toBe(0);
    expect(watch.look(wall + 603_000, mono + 3000)).toBeCloseTo(600, 0);
    expect(watch.look(wall + 604_000, mono + 4000)).toBeCloseTo(600, 0);
    expect(watch.look(wall + 595_000, mono + 5000)).toBeCloseTo(600, 0);
  });

  it('writes servers for chrony', () => {
    expect(renderSources(['a.example', '192.0.2.1'])).toBe('server a.example iburst\nserver 192.0.2.1 iburst\n');
  });
});

describe('logs', () => {
  it('reads a line of the journal, also one whose message is bytes', () => {
    const line =
      '{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1795246589690123","PRIORITY":"4","MESSAGE":"hello","_SYSTEMD_UNIT":"dialtone.service"}';
    expect(parseEntry(line)).toEqual({
      cursor: 's=1;i=2',
      time: '2026-11-21T07:36:29.690Z',
      unit: 'dialtone',
      priority: 'warning',
      message: 'hello',
    });
    const bytes = '{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1795246589690123","MESSAGE":[104,105,27],"SYSLOG_IDENTIFIER":"kernel"}';
    expect(parseEntry(bytes)).toMatchObject({ unit: 'kernel', priority: 'info', message: 'hi\u001b' });
    expect(parseEntry('')).toBeUndefined();
  });

  it('asks journalctl without a way to smuggle options or patterns', () => {
    const args = logArguments({
      unit: 'dialtone',
      text: '.*(x',
      priority: 'err',
      since: '2026-01-02T03:04:05+01:00',
      cursor: 's=1',
      limit: 10,
    });
    expect(args).toContain('--unit=dialtone');
    expect(args).toContain('--grep=\\.\\*\\(x');
    expect(args).toContain('--since=2026-01-02 02:04:05 UTC');
    expect(args).toContain('--after-cursor=s=1');
    expect(args).toContain('11');
    expect(logArguments({ unit: 'kernel', limit: 1 })).toContain('--dmesg');
  });
});

describe('services', () => {
  it('reads systemctl show, a block a unit', () => {
    const units = parseShow('Id=dialtone.service\nDescription=A=B\nNRestarts=0\n\nId=ssh.service\nActiveState=inactive\n');
    expect(units.map((u) => u.get('Id'))).toEqual(['dialtone.service', 'ssh.service']);
    expect(units[0]?.get('Description')).toBe('A=B');
  });

  it('names those that systemd gave up on', async () => {
    const said = 'chrony.service loaded failed failed chrony, an NTP client\nlogrotate.timer loaded failed failed Rotation\n';
    expect(await failedServices(async () => ({ code: 0, stdout: said, stderr: '' }))).toEqual(['chrony', 'logrotate.timer']);
    expect(await failedServices(async () => ({ code: 0, stdout: '\n', stderr: '' }))).toEqual([]);
  });

  it('keeps what the server said for people and leaves out its log', () => {
    const said = '{"level":30,"msg":"x"}\nDialtone cannot start: this data was made by version 0.2.0.\n    at main (file.js)\n\nUse it.\n';
    expect(lastWords(said)).toBe('Dialtone cannot start: this data was made by version 0.2.0.\nUse it.');
  });

  it('gives Node the flags that suit the memory', () => {
    expect(nodeFlags(480e6)).toBe('--optimize-for-size --max-semi-space-size=1 --no-sparkplug');
    expect(nodeFlags(1.5e9)).toBe('--max-semi-space-size=4');
    expect(serverEnvironment(1.5e9)).toBe('DIALTONE_NODE_FLAGS=--max-semi-space-size=4\nMALLOC_ARENA_MAX=1\n');
    expect(serverEnvironment(8e9)).toBe('DIALTONE_NODE_FLAGS=\n');
  });
});

describe('SSH keys', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio';

  it('are public keys of a known type, with the fingerprint of ssh-keygen', () => {
    expect(parseKey(` ${key}  ann at home \n`)).toEqual({
      type: 'ssh-ed25519',
      comment: 'ann at home',
      fingerprint: 'SHA256:bPGahMcWimQBTdksNSUoI+j8Sfbbx1OSgE7hHiSDBTg',
      key: `${key} ann at home`,
    });
  });

  it.each([
    ['options before it', `command="sh" ${key}`],
    ['two lines', `${key}\n${key}`],
    ['another type inside', key.replace('ssh-ed25519', 'ssh-rsa')],
    ['cut off', key.slice(0, 30)],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['nothing', ''],
  ])('refuses %s', (_what, text) => {
    expect(() => parseKey(text)).toThrow('not a public SSH key');
  });
});

describe('the machine', () => {
  it('reads memory and processor', () => {
    expect(
      parseMeminfo('MemTotal:         472952 kB\nMemAvailable:     248700 kB\nSwapTotal:        262140 kB\nSwapFree: 261000 kB\n'),
    ).toEqual({
      total: 472952 * 1024,
      available: 248700 * 1024,
      swapTotal: 262140 * 1024,
      swapFree: 261000 * 1024,
    });
    expect(parseCpuTicks('cpu  10 0 20 100 5 0 1 0 0 0\ncpu0 1 1 1\n')).toEqual({ total: 136, idle: 105 });
  });

  it('reads its release and the ids of its users', () => {
    expect(parseRelease('NAME=Dialtone\nVERSION=0.1.0\nBUILD_ID="abc"\nBUILD_DATE=1795246589\n')).toEqual({
      version: '0.1.0',
      buildId: 'abc',
      buildDate: 1795246589,
    });
    expect(parseRelease('')).toEqual({ version: 'unknown', buildId: '', buildDate: 0 });
    expect(idOf('root:x:0:0::/root:/bin/sh\ndialtone:x:998:998::/:/bin/false\n', 'dialtone')).toBe(998);
    expect(idOf('xdialtone:x:1:1\n', 'dialtone')).toBeUndefined();
  });

  it('mounts sticks without programs, devices or strangers', () => {
    expect(mountOptions('vfat', { uid: 998, gid: 997 })).toBe('rw,nosuid,nodev,noexec,noatime,uid=998,gid=997,umask=0077,utf8');
    expect(mountOptions('ext4', { uid: 998, gid: 997 })).not.toContain('uid=');
  });
});
