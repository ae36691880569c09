import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { StunServer } from '../../media/stun/stun-server.ts';
import { Environment } from '../../settings/environment.ts';

/** Opens the STUN service and closes it again. */
@Injectable()
export class StunLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #server: StunServer;
  readonly #environment: Environment;

  constructor(@Inject(StunServer) server: StunServer, @Inject(Environment) environment: Environment) {
    this.#server = server;
    this.#environment = environment;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#server.start(this.#environment.stun);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#server.close();
  }
}
