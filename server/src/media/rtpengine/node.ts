import type { SideMedia } from '../engine.ts';
import { type NgAddress, type NgAnswer, NgClient, type NgCommand, NgSilent } from './ng-client.ts';

/** How often a daemon is asked whether it lives. */
const PING_MS = 5000;

/** One rtpengine daemon, and whether it answers. */
export class RtpengineNode {
  readonly address: NgAddress;
  /** False until it has answered, and again once it does not. */
  healthy = false;
  /** It was healthy and is not any more. */
  onDown: () => void = () => undefined;
  readonly #client: NgClient;
  readonly #interfaceFor: (side: SideMedia) => string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param interfaceFor name of the daemon's interface towards a side; undefined where it has one for all */
  constructor(address: NgAddress, interfaceFor: (side: SideMedia) => string | undefined = () => undefined) {
    this.address = address;
    this.#interfaceFor = interfaceFor;
    this.#client = new NgClient(address);
  }

  /** Resolves when the first question is answered, or was not. */
  async start(): Promise<void> {
    await this.#ping();
    this.#timer = setInterval(() => this.#ping(), PING_MS).unref();
  }

  /** @throws NgRefused; NgSilent, which makes it unhealthy until it answers again */
  async command(command: NgCommand): Promise<NgAnswer> {
    try {
      return await this.#client.command(command);
    } catch (error) {
      if (error instanceof NgSilent) this.#down();
      throw error;
    }
  }

  interfaceFor(side: SideMedia): string | undefined {
    return this.#interfaceFor(side);
  }

  close(): void {
    clearInterval(this.#timer);
    this.onDown = () => undefined;
    this.#client.close();
  }

  #down(): void {
    if (!this.healthy) return;
    this.healthy = false;
    this.onDown();
  }

  async #ping(): Promise<void> {
    try {
      await this.command({ command: 'ping' });
      this.healthy = true;
    } catch {
      this.#down();
    }
  }
}
