import { describe, expect, it } from 'vitest';
import { EnvironmentError, readEnvironment } from './environment.ts';

const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readEnvironment(env);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
  return [];
};

describe('readEnvironment', () => {
  it('needs nothing', () => {
    const env = readEnvironment({});
    expect(env.http).toEqual({ host: '0.0.0.0', port: 8080 });
    expect(env.sip).toHaveLength(4);
    expect(env.stun.map(({ address }) => address)).toEqual(['0.0.0.0', '::']);
    expect(readEnvironment({ DIALTONE_STUN: 'off' }).stun).toEqual([]);
    expect(env.sip[2]).toEqual({ protocol: 'udp', address: '::', port: 5060 });
    expect(env.databaseFile).toMatch(/\/data\/dialtone\.sqlite$/);
  });

  it('reads every variable', () => {
    const env = readEnvironment({
      DIALTONE_DATA: '/tmp/x',
      DIALTONE_HTTP: '[::1]:0',
      DIALTONE_SIP: 'udp:127.0.0.1:0, tcp:127.0.0.1:0',
      DIALTONE_DOMAIN: 'Sip.Example.org',
      DIALTONE_PUBLIC_IP: '192.0.2.1',
      DIALTONE_CURRENCY: 'EUR',
      DIALTONE_SMTP_URL: 'smtp://mail.example.org:25',
      DIALTONE_TRUST_PROXY: '127.0.0.1, 10.0.0.0/8,::1',
      DIALTONE_RTP: '20000-20999',
      DIALTONE_STUN: '192.0.2.1:3478, [::1]:3479',
      DIALTONE_LOG: 'warn',
    });
    expect(env).toMatchObject({
      http: { host: '::1', port: 0 },
      domain: 'sip.example.org',
      publicIp: '192.0.2.1',
      rtp: { first: 20_000, last: 20_999 },
      stun: [
        { address: '192.0.2.1', port: 3478 },
        { address: '::1', port: 3479 },
      ],
      currency: 'EUR',
      trustProxy: ['127.0.0.1', '10.0.0.0/8', '::1'],
      logLevel: 'warn',
    });
    expect(env.sip.map((l) => l.protocol)).toEqual(['udp', 'tcp']);
  });

  it('names every fault in one message, and no password', () => {
    const faults = faultsOf({
      DIALTONE_HTTP: 'nowhere',
      DIALTONE_SIP: 'udp:127.0.0.1:5060,udp:127.0.0.1:5060,xyz:1.2.3.4:1,tcp:host:5060',
      DIALTONE_DOMAIN: 'not a domain',
      DIALTONE_PUBLIC_IP: '1.2.3',
      DIALTONE_CURRENCY: 'euro',
      DIALTONE_SMTP_URL: 'http://user:geheim@host',
      DIALTONE_TRUST_PROXY: '10.0.0.1, proxy.example.org, 10.0.0.0/33, 192.0.2.1:80, 127',
      DIALTONE_STUN: 'stun.example.org:3478,off',
      DIALTONE_LOG: 'loud',
    });
    expect(faults.filter((f) => f.startsWith('DIALTONE_SIP'))).toHaveLength(3);
    expect(faults.filter((f) => f.startsWith('DIALTONE_STUN'))).toHaveLength(2);
    expect(faults.filter((f) => f.startsWith('DIALTONE_TRUST_PROXY'))).toHaveLength(4);
    for (const name of ['HTTP', 'DOMAIN', 'PUBLIC_IP', 'CURRENCY', 'SMTP_URL', 'TRUST_PROXY', 'LOG']) {
      expect(faults.some((f) => f.startsWith(`DIALTONE_${name}:`))).toBe(true);
    }
    expect(faults.join()).not.toContain('geheim');
  });

  it('names a data folder that is a file together with the other faults', () => {
    const faults = faultsOf({ DIALTONE_DATA: import.meta.filename, DIALTONE_CURRENCY: 'euro' });
    expect(faults).toHaveLength(2);
    expect(faults[0]).toContain(`DIALTONE_DATA: ${import.meta.filename} is, or lies below, a file`);
    expect(faultsOf({ DIALTONE_DATA: `${import.meta.filename}/below/it` })).toHaveLength(1);
    expect(faultsOf({ DIALTONE_DATA: `${import.meta.dirname}/not/there/yet` })).toEqual([]);
  });

  it('counts an empty variable as not set', () => {
    expect(readEnvironment({ DIALTONE_DOMAIN: '', DIALTONE_HTTP: ' ' }).domain).toBeUndefined();
  });
});
