import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ActiveCalls } from '../calls/active-calls.ts';
import { GatewayMonitor } from '../calls/gateways/gateway-monitor.ts';
import { SipNode } from '../calls/sip-node.ts';
import { EventsService } from '../events/events.service.ts';
import { Registrar } from '../registrar/registrar.ts';

/** Passes what happens on the SIP side on to the pages: calls, registrations, gateways. The SIP side knows no pages. */
@Injectable()
export class LiveNews implements OnModuleInit, OnApplicationShutdown {
  readonly #events: EventsService;
  readonly #calls: ActiveCalls;
  readonly #registrar: Registrar;
  readonly #gateways: GatewayMonitor;
  readonly #node: SipNode;
  readonly #stops: (() => void)[] = [];

  constructor(events: EventsService, calls: ActiveCalls, registrar: Registrar, gateways: GatewayMonitor, node: SipNode) {
    this.#events = events;
    this.#calls = calls;
    this.#registrar = registrar;
    this.#gateways = gateways;
    this.#node = node;
  }

  onModuleInit(): void {
    this.#stops.push(
      this.#calls.onChange(({ call }) => {
        this.#events.publish('calls.changed', { active: this.#calls.size });
        const { fromSubscriberId, toSubscriberId } = call;
        if (fromSubscriberId !== null)
          this.#events.publish('calls.changed', { subscriberId: fromSubscriberId }, { subscriberId: fromSubscriberId });
        if (toSubscriberId !== null)
          this.#events.publish('calls.changed', { subscriberId: toSubscriberId }, { subscriberId: toSubscriberId });
      }),
      this.#node.keepAlive.onChange(({ subscriberId }) => this.#tellOf(subscriberId)),
      this.#registrar.onChange(({ action, binding }) => {
        // A refresh changes nothing that is worth a message: 10,000 phones refresh hundreds of times a second.
        if (action === 'refreshed') return;
        this.#tellOf(binding.subscriberId);
      }),
      this.#gateways.onChange(({ gatewayId }) => this.#events.publish('gateways.changed', { id: gatewayId })),
    );
  }

  #tellOf(subscriberId: number): void {
    this.#events.publish('registrations.changed', { registered: this.#registrar.stats.registered });
    this.#events.publish('registrations.changed', { subscriberId }, { subscriberId });
  }

  onApplicationShutdown(): void {
    for (const stop of this.#stops) stop();
  }
}
