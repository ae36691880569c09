import type { Headers } from '../dialog/headers.ts';
import type { Leg } from '../dialog/leg.ts';
import type { BridgedCall } from './bridged-call.ts';

/** Where requests inside dialogs find their leg. */
export interface LegRegistry {
  add(leg: Leg, call: BridgedCall): void;
  remove(leg: Leg): void;
}

/** The dialogs of one call that are not over. */
export class CallLegs {
  readonly #call: BridgedCall;
  readonly #registry: LegRegistry;
  readonly #legs = new Set<Leg>();

  constructor(call: BridgedCall, registry: LegRegistry) {
    this.#call = call;
    this.#registry = registry;
  }

  add(leg: Leg): void {
    this.#legs.add(leg);
    this.#registry.add(leg, this.#call);
  }

  /** Ends a dialog; it is forgotten when the other side has answered. */
  bye(leg: Leg, headers: Headers): void {
    leg.answer?.stop();
    leg.dialog.terminate();
    // lost-bye: the transaction repeats it for 64*T1; a BYE of the other side that crosses it is answered until then.
    leg.send('BYE', headers, undefined, {
      onResponse: (response) => {
        if (response.status >= 200) this.drop(leg);
      },
      onFailed: () => this.drop(leg),
    });
  }

  drop(...legs: Leg[]): void {
    for (const leg of legs) {
      leg.stop();
      this.#legs.delete(leg);
      this.#registry.remove(leg);
    }
  }

  dropAll(): void {
    this.drop(...this.#legs);
  }
}
