import { Inject, Injectable } from '@nestjs/common';
import { MEDIA_SERVICES } from '../calls/answer/media-services.ts';
import { MediaEngines } from '../calls/media/media-engines.ts';
import type { MediaServices } from '../media/endpoint/endpoint.ts';
import type { RelayNode } from '../media/engine.ts';
import type { MediaFiguresDto } from './media.schemas.ts';

/** How what carries the sound of calls does. */
@Injectable()
export class MediaFigures {
  readonly #engines: MediaEngines;
  readonly #services: MediaServices;

  constructor(engines: MediaEngines, @Inject(MEDIA_SERVICES) services: MediaServices) {
    this.#engines = engines;
    this.#services = services;
  }

  async read(): Promise<MediaFiguresDto> {
    const relays = this.#engines.all.map((engine) => ({
      ...{ name: engine.name, chosen: engine === this.#engines.chosen, healthy: engine.healthy },
      nodes: (engine.nodes ?? []).map((node) => ({ address: addressOf(node), healthy: node.healthy })),
      ...engine.stats(),
    }));
    return { relays, services: { healthy: this.#services.healthy, ...(await this.#services.stats()) } };
  }
}

const addressOf = ({ address: { host, port } }: RelayNode): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
