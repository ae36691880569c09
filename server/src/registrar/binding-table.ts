import { SipUri } from '../sip/message/index.ts';
import type { Binding } from './binding.ts';

/** The bindings in memory: by subscriber, and by their own id. */
export class BindingTable {
  readonly #bySubscriber = new Map<number, Binding[]>();
  readonly #byId = new Map<number, Binding>();

  get size(): number {
    return this.#byId.size;
  }

  all(): Iterable<Binding> {
    return this.#byId.values();
  }

  get(id: number): Binding | undefined {
    return this.#byId.get(id);
  }

  of(subscriberId: number): readonly Binding[] {
    return this.#bySubscriber.get(subscriberId) ?? none;
  }

  /** The binding that counts whose Contact is this URI, or that was seen at its address with that user. */
  at(uri: SipUri, counts: (binding: Binding) => boolean): Binding | undefined {
    for (const binding of this.#byId.values()) {
      const { remote } = binding.received ?? {};
      const seen = remote?.address === uri.host && remote.port === uri.port;
      if (!seen && !binding.contact.includes(uri.host)) continue;
      const own = SipUri.parse(binding.contact);
      if (own.user === uri.user && (seen || (own.host === uri.host && own.port === uri.port)) && counts(binding)) return binding;
    }
    return undefined;
  }

  /** Adds it, or puts it in the place of the one with the same id. */
  put(binding: Binding): void {
    const known = this.#byId.has(binding.id);
    this.#byId.set(binding.id, binding);
    const own = this.#bySubscriber.get(binding.subscriberId);
    if (!own) this.#bySubscriber.set(binding.subscriberId, [binding]);
    else if (known) own[own.findIndex((other) => other.id === binding.id)] = binding;
    else own.push(binding);
  }

  remove(binding: Binding): boolean {
    if (!this.#byId.delete(binding.id)) return false;
    const rest = this.of(binding.subscriberId).filter((other) => other.id !== binding.id);
    if (rest.length > 0) this.#bySubscriber.set(binding.subscriberId, rest);
    else this.#bySubscriber.delete(binding.subscriberId);
    return true;
  }
}

const none: readonly Binding[] = [];
