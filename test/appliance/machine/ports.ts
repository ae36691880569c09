import { freePort } from '../../support/ports.ts';

interface Forward {
  protocol: 'tcp' | 'udp';
  host: number;
  guest: number;
}

/** The host as the machine sees it through QEMU's user network: carriers and phones of a test are there. */
export const HOST = '10.0.2.2';

/** Ports of this host that lead to a machine. They stay the same over its restarts, as its address would. */
export class Ports {
  readonly http: number;
  readonly https: number;
  readonly sip: number;
  readonly sips: number;
  readonly status: number;
  readonly ssh: number;

  private constructor([http = 0, https = 0, sip = 0, sips = 0, status = 0, ssh = 0]: number[]) {
    this.http = http;
    this.https = https;
    this.sip = sip;
    this.sips = sips;
    this.status = status;
    this.ssh = ssh;
  }

  /** Those of an earlier run. */
  static again({ http, https, sip, sips, status, ssh }: Omit<Ports, 'forwards'>): Ports {
    return new Ports([http, https, sip, sips, status, ssh]);
  }

  static async take(): Promise<Ports> {
    const ports: number[] = [];
    for (let count = 0; count < 6; count++) ports.push(await freePort());
    return new Ports(ports);
  }

  get forwards(): Forward[] {
    return [
      { protocol: 'tcp', host: this.http, guest: 80 },
      { protocol: 'tcp', host: this.https, guest: 443 },
      { protocol: 'udp', host: this.sip, guest: 5060 },
      { protocol: 'tcp', host: this.sip, guest: 5060 },
      { protocol: 'tcp', host: this.sips, guest: 5061 },
      { protocol: 'tcp', host: this.status, guest: 4357 },
      { protocol: 'tcp', host: this.ssh, guest: 22 },
    ];
  }
}
