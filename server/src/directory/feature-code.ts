/** What the server does when it answers a call itself. */
export const appNames = [
  'announcement',
  'echo',
  'number-readback',
  'balance',
  'conference',
  'voicemail',
  'mailbox',
  'demo',
  'music',
  'prompt-recorder',
] as const;

export type AppName = (typeof appNames)[number];

/** The services that a number can be given to; the others come about by themselves, as voicemail does on no answer. */
export const featureNames = [
  'echo',
  'number-readback',
  'balance',
  'conference',
  'mailbox',
  'demo',
  'music',
  'prompt-recorder',
] as const satisfies readonly AppName[];

export type FeatureName = (typeof featureNames)[number];

/** A number that subscribers dial for a service (M-24, O-133). */
export interface FeatureCode {
  readonly id: number;
  /** As it is dialled: digits, * and #. */
  readonly code: string;
  readonly feature: FeatureName;
  /** What the service is told: a conference room, or `other` for a mailbox that is asked for. */
  readonly argument: string | null;
  /** Digits may follow the code, and are what the service is told: 511 + room. */
  readonly prefix: boolean;
  readonly enabled: boolean;
  readonly description: string;
}

/** What a dialled number asks for. */
export interface DialledFeature {
  readonly code: FeatureCode;
  readonly argument: string | undefined;
}

/** Feature codes by what is dialled: the whole number first, then the longest code that digits may follow. */
export class FeatureCodes {
  readonly #byCode = new Map<string, FeatureCode>();

  all(): FeatureCode[] {
    return [...this.#byCode.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  }

  /** Puts these in the place of all that were there. */
  replace(codes: readonly FeatureCode[]): void {
    this.#byCode.clear();
    for (const code of codes) this.#byCode.set(code.code, code);
  }

  find(dialled: string): DialledFeature | undefined {
    for (let length = dialled.length; length > 0; length--) {
      const code = this.#byCode.get(dialled.slice(0, length));
      if (!code?.enabled) continue;
      const rest = dialled.slice(length);
      if (rest === '') return { code, argument: code.argument ?? undefined };
      if (code.prefix && /^\d+$/.test(rest)) return { code, argument: rest };
    }
    return undefined;
  }

  /** What answers when an app is wanted by name: the first enabled code of it, for prompts such as "to listen, dial ...". */
  codeOf(feature: FeatureName): FeatureCode | undefined {
    return this.all().find((code) => code.enabled && code.feature === feature);
  }
}
