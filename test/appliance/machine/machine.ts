import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, sleep } from '../../support/wait.ts';
import { artifacts } from '../support/artifacts.ts';
import type { Ports } from './ports.ts';
import { Qmp } from './qmp.ts';
import { Screen } from './screen.ts';

export type Firmware = 'bios' | 'uefi' | 'secure-boot';

export interface DiskDrive {
  /** Raw image. */
  file: string;
  serial: string;
  /** On a USB stick; otherwise on a disk controller. */
  usb?: boolean;
  readonly?: boolean;
  /** Every write is noted in this file, with the flushes between them (QEMU's blklogwrites). */
  writeLog?: string;
}

export interface MachineOptions {
  /** Names its serial log and its pictures. */
  name: string;
  /** What it boots from: the image in a CD drive, or a raw copy of it on a stick. */
  boot: { cd: string } | { stick: DiskDrive };
  firmware: Firmware;
  disks?: DiskDrive[];
  ports: Ports;
  /** MB; 512 otherwise. */
  memory?: number;
  /** The cable is pulled. */
  withoutNetwork?: boolean;
  /** It has a hardware watchdog. */
  watchdog?: boolean;
  /** Time of the battery clock at power on, "1970-01-02T00:00:00"; that of the host otherwise. */
  clock?: string;
}

/** A boot without KVM takes one to two minutes on two idle processors, and far more on busy ones. */
export const BOOT_MS = 900_000;
/** Where Debian keeps the UEFI of the package ovmf; the Secure Boot flavour comes with Microsoft's keys enrolled. */
const OVMF = '/usr/share/OVMF';
/** Only one machine at a time: without KVM two of them starve each other. */
const LOCK = join(tmpdir(), 'qemu.lock');
const on = new Set<Machine>();

/** A PC under QEMU, without KVM: boots our image and is looked at through its serial line, its screen and its network. */
export class Machine {
  readonly name: string;
  readonly ports: Ports;
  readonly screen = new Screen();
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<void>;
  readonly #log: string;
  #serial: Socket | undefined;
  #qmp: Qmp | undefined;
  #errors = '';
  #poweredAt = 0;
  /** Everything the serial line has said. */
  raw = '';

  private constructor(options: MachineOptions, folder: string, child: ChildProcess) {
    this.name = options.name;
    this.ports = options.ports;
    this.#folder = folder;
    this.#process = child;
    on.add(this);
    this.#log = join(artifacts(), `${options.name}.serial.log`);
    writeFileSync(this.#log, '');
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', (error) => {
        this.#errors += error.message;
        resolve();
      });
    });
  }

  /** Switches it on. Waits for its turn, at most an hour. */
  static async start(options: MachineOptions): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), 'dialtone-machine-'));
    const args = ['--no-fork', '--wait', '3600', LOCK, 'qemu-system-x86_64', ...qemuArguments(options, folder)];
    const child = spawn('flock', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const machine = new Machine(options, folder, child);
    try {
      await machine.#connect();
    } catch (error) {
      await machine.powerCut();
      throw error;
    }
    return machine;
  }

  /** Pulls the plug of every machine that is on: nothing is left running. */
  static async cutAll(): Promise<void> {
    await Promise.all([...on].map((machine) => machine.powerCut()));
  }

  /** Whether the machine has power. */
  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Seconds since it was switched on. */
  get seconds(): number {
    return (performance.now() - this.#poweredAt) / 1000;
  }

  async #connect(): Promise<void> {
    const path = join(this.#folder, 'qmp');
    const qmp = await eventually('QEMU runs', async () => (this.running ? await Qmp.open(path) : ('off' as const)), 3_600_000);
    if (qmp === 'off') throw new Error(`QEMU does not run: ${this.#errors}`);
    this.#qmp = qmp;
    const serial = connect(join(this.#folder, 'serial'));
    await new Promise((resolve, reject) => serial.once('connect', resolve).once('error', reject));
    serial.on('error', () => undefined);
    serial.setEncoding('utf8').on('data', (chunk: string) => {
      this.raw += chunk;
      appendFileSync(this.#log, chunk);
      this.screen.write(chunk);
    });
    this.#serial = serial;
    this.#poweredAt = performance.now();
    await this.#qmp.command('cont');
  }

  /** Types on the serial line, a sign at a time as a person would. */
  async type(text: string): Promise<void> {
    for (const sign of text) {
      this.#serial?.write(sign);
      await sleep(40);
    }
  }

  /** One write: a sequence such as an arrow key stays in one piece. */
  press(sequence: string): void {
    this.#serial?.write(sequence);
  }

  /**
   * A picture of the screen (VGA) as PNG among the artefacts, and what the serial console shows, which goes its own way, as text.
   * @returns the path of the PNG
   */
  async picture(name: string): Promise<string> {
    writeFileSync(join(artifacts(), `${name}.txt`), `${this.screen.text}\n`);
    const filename = join(artifacts(), `${name}.png`);
    await this.#qmp?.command('screendump', { filename, format: 'png' });
    return filename;
  }

  /** A key on the keyboard of the machine, by QEMU's name of it ("ret", "down"). */
  async key(name: string): Promise<void> {
    await this.#qmp?.command('send-key', { keys: [{ type: 'qcode', data: name }] });
  }

  /** Pulls a USB disk out, by its place among the disks. */
  async unplug(disk: number): Promise<void> {
    await this.#qmp?.command('device_del', { id: deviceOf(disk) });
  }

  /** Plugs it in again. */
  async plug(disk: number, { serial }: DiskDrive): Promise<void> {
    await this.#qmp?.command('device_add', { driver: 'usb-storage', id: deviceOf(disk), drive: `drive${disk}`, serial, removable: true });
  }

  /** Leads a UDP port of this host to one of the machine, from now on. */
  async forwardUdp(host: number, guest: number): Promise<void> {
    const rule = `hostfwd_add net udp:127.0.0.1:${host}-:${guest}`;
    const fault = await this.#qmp?.command('human-monitor-command', { 'command-line': rule });
    if (fault) throw new Error(`${rule}: ${fault}`);
  }

  /** Pulls the plug: nothing in the machine learns of it. */
  async powerCut(): Promise<void> {
    this.#qmp?.close();
    this.#serial?.destroy();
    if (this.running) this.#process.kill('SIGKILL');
    await this.#ended;
    on.delete(this);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Waits until the machine has switched itself off. */
  async poweredOff(withinMs = 120_000): Promise<void> {
    await eventually(`${this.name} goes off`, () => !this.running, withinMs);
    await this.powerCut();
  }
}

const deviceOf = (disk: number): string => `disk${disk}`;

function drive(index: number, { file, serial, usb, readonly, writeLog }: DiskDrive, bootindex?: number): string[] {
  const id = `drive${index}`;
  // The guest's flushes need not reach the disk of the host: a power cut of the guest loses nothing that QEMU was given.
  const cache = ['cache.direct=off', 'cache.no-flush=on'];
  const nodes = [`driver=file,filename=${file},node-name=${id}-file,${cache.join(',')}`];
  if (readonly) nodes[0] += ',read-only=on';
  nodes.push(`driver=raw,file=${id}-file,node-name=${id}${writeLog ? '-raw' : ''}${readonly ? ',read-only=on' : ''}`);
  if (writeLog) {
    nodes.push(`driver=file,filename=${writeLog},node-name=${id}-log`);
    nodes.push(`driver=blklogwrites,file=${id}-raw,log=${id}-log,node-name=${id}`);
  }
  const boot = bootindex === undefined ? '' : `,bootindex=${bootindex}`;
  const named = `id=${deviceOf(index)},drive=${id},serial=${serial}${boot}`;
  const device = usb ? `usb-storage,${named},removable=on` : `virtio-blk-pci,${named}`;
  return [...nodes.flatMap((node) => ['-blockdev', node]), '-device', device];
}

function firmware(kind: Firmware, folder: string): string[] {
  if (kind === 'bios') return ['-machine', 'q35'];
  const secure = kind === 'secure-boot';
  const variables = join(folder, 'variables.fd');
  copyFileSync(join(OVMF, secure ? 'OVMF_VARS_4M.ms.fd' : 'OVMF_VARS_4M.fd'), variables);
  const code = join(OVMF, secure ? 'OVMF_CODE_4M.ms.fd' : 'OVMF_CODE_4M.fd');
  return [
    ...['-machine', secure ? 'q35,smm=on' : 'q35'],
    ...(secure ? ['-global', 'driver=cfi.pflash01,property=secure,value=on', '-global', 'ICH9-LPC.disable_s3=1'] : []),
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${code}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${variables}`],
  ];
}

function network({ ports, withoutNetwork }: MachineOptions): string[] {
  if (withoutNetwork) return ['-nic', 'none'];
  const forwards = ports.forwards.map(({ protocol, host, guest }) => `hostfwd=${protocol}:127.0.0.1:${host}-:${guest}`);
  return ['-netdev', `user,id=net,${forwards.join(',')}`, '-device', 'virtio-net-pci,netdev=net'];
}

function qemuArguments(options: MachineOptions, folder: string): string[] {
  const { boot, disks = [], memory = 512, clock, watchdog } = options;
  const medium =
    'cd' in boot
      ? [
          ...['-blockdev', `driver=file,filename=${boot.cd},node-name=cd-file,read-only=on`],
          ...['-blockdev', 'driver=raw,file=cd-file,node-name=cd,read-only=on', '-device', 'ide-cd,drive=cd,bootindex=0'],
        ]
      : drive(99, boot.stick, 0);
  return [
    // A PC of 2010, as spare ones are; newer processors are slower to emulate.
    ...['-name', options.name, '-accel', 'tcg,thread=multi', '-cpu', 'Westmere', '-smp', '2', '-m', String(memory), '-S'],
    ...['-nodefaults', '-display', 'none', '-vga', 'std', '-device', 'qemu-xhci', '-device', 'virtio-rng-pci'],
    ...(watchdog ? ['-device', 'i6300esb'] : []),
    ...['-rtc', clock ? `base=${clock},clock=vm` : 'base=utc'],
    ...firmware(options.firmware, folder),
    ...['-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`],
    ...['-chardev', `socket,id=serial,path=${join(folder, 'serial')},server=on,wait=off`, '-serial', 'chardev:serial'],
    ...medium,
    ...disks.flatMap((disk, index) => drive(index, disk)),
    ...network(options),
  ];
}
