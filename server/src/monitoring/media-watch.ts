import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AlarmsService } from '../alarms/alarms.service.ts';
import type { MediaFiguresDto } from './media.schemas.ts';
import { MediaFigures } from './media-figures.ts';

const LOOK_MS = 5_000;
/** A daemon of our own is started again within a second; nobody is to be woken for that. */
const LOOKS_DOWN = 2;
/** Shares of the ports at which the alarm begins and ends, so that it does not come and go with each call. */
const SHORT_FROM = 0.9;
const SHORT_UNTIL = 0.8;

/** Tells the administrators when calls get no sound any more, or soon will not. */
@Injectable()
export class MediaWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #figures: Pick<MediaFigures, 'read'>;
  readonly #alarms: Pick<AlarmsService, 'raise' | 'clear' | 'has'>;
  #looksDown = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(figures: MediaFigures, alarms: AlarmsService) {
    this.#figures = figures;
    this.#alarms = alarms;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    const figures = await this.#figures.read();
    this.#lookAtEngine(figures);
    this.#lookAtPorts(figures);
  }

  #lookAtEngine({ relays }: MediaFiguresDto): void {
    const chosen = relays.find((relay) => relay.chosen);
    const down = chosen?.name === 'rtpengine' && !chosen.healthy;
    this.#looksDown = down ? this.#looksDown + 1 : 0;
    if (!down) this.#alarms.clear('rtpengine-down');
    else if (this.#looksDown >= LOOKS_DOWN)
      this.#alarms.raise('rtpengine-down', { nodes: chosen.nodes.map(({ address }) => address).join(', ') });
  }

  #lookAtPorts({ relays, services }: MediaFiguresDto): void {
    const share = ({ portsOpen, ports }: { portsOpen: number; ports: number }) => (ports === 0 ? 0 : portsOpen / ports);
    const fullest = [...relays, services].reduce((most, one) => (share(one) > share(most) ? one : most));
    if (share(fullest) < (this.#alarms.has('media-ports') ? SHORT_UNTIL : SHORT_FROM)) this.#alarms.clear('media-ports');
    else this.#alarms.raise('media-ports', { used: String(fullest.portsOpen), ports: String(fullest.ports) });
  }
}
