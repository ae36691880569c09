import { PortPool, type PortRange } from '../ports/port-pool.ts';
import { SupervisedWorker, workerFile } from '../supervisor/supervised-worker.ts';
import type { Endpoint, EndpointOrder, MediaServices, MediaServicesStats, Playable } from './endpoint.ts';
import type { Details, HostStats, ServiceAnswers, ServiceCommand, ServiceReport, ServicesWorkerData } from './messages.ts';
import { RemoteEndpoint } from './remote-endpoint.ts';

export interface MediaServicesOptions {
  readonly range: PortRange;
  /** Something the operator should know, in words. */
  readonly onFault: (what: string) => void;
}

/** So long without a word the worker counts as hung. */
const SILENCE_SECONDS = 5;
const NO_FIGURES: HostStats = { endpoints: 0, rooms: 0, portsOpen: 0, packetsIn: 0, packetsOut: 0, dropped: 0, concealed: 0 };

interface Waiting {
  readonly resolve: (answer: ServiceAnswers[keyof ServiceAnswers]) => void;
  readonly reject: (error: Error) => void;
}

/** The endpoints of the server, in one worker thread that starts with the first call: a server that only passes calls on needs none. */
export class MediaServicesPool implements MediaServices {
  onSpeaking: (room: string, endpoints: readonly string[]) => void = () => {};

  private readonly options: MediaServicesOptions;
  private worker: SupervisedWorker<ServiceCommand, ServiceReport> | undefined;
  private readonly endpoints = new Map<string, RemoteEndpoint>();
  private readonly waiting = new Map<number, Waiting>();
  private readonly ports: number;
  private losses = 0;
  private count = 0;
  private closed = false;

  constructor(options: MediaServicesOptions) {
    this.options = options;
    this.ports = 2 * new PortPool(options.range).size;
  }

  get healthy(): boolean {
    return !this.closed && (this.worker === undefined || this.worker.alive);
  }

  async open(order: EndpointOrder): Promise<Endpoint | undefined> {
    if (this.closed) return undefined;
    this.worker ??= this.start();
    if (!this.worker.alive) return undefined;
    const endpoint = new RemoteEndpoint(`e${++this.count}`, order.callId, this);
    this.endpoints.set(endpoint.id, endpoint);
    const opened = await this.ask('open', { endpoint: endpoint.id, order }).catch(() => false);
    if (opened) return endpoint;
    this.endpoints.delete(endpoint.id);
    return undefined;
  }

  async playIntoRoom(room: string, what: readonly Playable[]): Promise<void> {
    if (this.worker?.alive) await this.ask('playIntoRoom', { room, what }).catch(() => {});
  }

  async stats(): Promise<MediaServicesStats> {
    const figures = this.worker?.alive ? await this.ask('stats', {}).catch(() => NO_FIGURES) : NO_FIGURES;
    return { ...figures, ports: this.ports, losses: this.losses };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.forget('the server stops');
    await this.worker?.close();
  }

  /** Of the endpoints: asks the worker something. Rejects when the worker cannot do it, or dies. */
  ask<T extends keyof ServiceAnswers>(type: T, details: Details<T>): Promise<ServiceAnswers[T]> {
    const request = ++this.count;
    return new Promise((resolve, reject) => {
      if (!this.worker?.alive || this.closed) {
        reject(new Error('there is no media worker'));
        return;
      }
      this.waiting.set(request, { resolve: (answer) => resolve(answer as ServiceAnswers[T]), reject });
      this.worker.post({ type, request, ...details } as unknown as ServiceCommand);
    });
  }

  /** Of the endpoints: tells the worker something. */
  tell(order: Exclude<ServiceCommand, { request: number }>): void {
    this.worker?.post(order);
    if (order.type === 'close') this.endpoints.delete(order.endpoint);
  }

  /** Ends the worker as a fault would; for the tests of what happens then. */
  kill(why: string): void {
    this.worker?.kill(why);
  }

  private start(): SupervisedWorker<ServiceCommand, ServiceReport> {
    const workerData: ServicesWorkerData = { range: this.options.range };
    return new SupervisedWorker<ServiceCommand, ServiceReport>({
      file: workerFile('services', import.meta.url),
      workerData,
      silenceSeconds: SILENCE_SECONDS,
      onMessage: (report) => this.hear(report),
      onLost: (why) => {
        this.losses++;
        this.options.onFault(`Media services worker: ${why}`);
        this.forget(why);
      },
    });
  }

  private hear(report: ServiceReport): void {
    switch (report.type) {
      case 'done':
      case 'failed': {
        const waiting = this.waiting.get(report.request);
        this.waiting.delete(report.request);
        if (report.type === 'done') waiting?.resolve(report.answer);
        else waiting?.reject(new Error(report.why));
        break;
      }
      case 'digit':
        this.endpoints.get(report.endpoint)?.onDigit(report.digit);
        break;
      case 'silence':
        this.endpoints.get(report.endpoint)?.onSilence(report.seconds);
        break;
      case 'lost': {
        const endpoint = this.endpoints.get(report.endpoint);
        this.endpoints.delete(report.endpoint);
        endpoint?.lost(report.why);
        break;
      }
      case 'speaking':
        this.onSpeaking(report.room, report.endpoints);
        break;
      case 'fault':
        this.options.onFault(`Media services: ${report.what}`);
        break;
      case 'alive':
        break;
    }
  }

  /** All endpoints are gone: whoever waits hears so, and whose call it was. */
  private forget(why: string): void {
    const endpoints = [...this.endpoints.values()];
    const waiting = [...this.waiting.values()];
    this.endpoints.clear();
    this.waiting.clear();
    for (const { reject } of waiting) reject(new Error(why));
    for (const endpoint of endpoints) endpoint.lost(why);
  }
}
