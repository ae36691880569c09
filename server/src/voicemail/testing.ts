import { writeFile } from 'node:fs/promises';
import type { Type } from '@nestjs/common';
import type { AppCall } from '../calls/answer/app-call.ts';
import { fakePrompts } from '../calls/answer/testing.ts';
import { Call } from '../calls/call.ts';
import { Directory } from '../directory/directory.ts';
import type { Endpoint, Playable, Played, Recorded, RecordOptions } from '../media/endpoint/endpoint.ts';
import { tones } from '../media/testing/sound.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import type { Caller } from '../routing/call-plan.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { DepositApp } from './deposit.app.ts';
import { MailboxApp } from './mailbox.app.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { MessagesService } from './messages.service.ts';

/** What somebody does when he hears a prompt: presses keys, or hangs up. */
export type Reaction = readonly [prompt: string, does: string];
export const HANGS_UP = 'hangs up';

export interface Speech {
  readonly seconds: number;
  readonly ended: Recorded['ended'];
}

/** A caller by script: reacts to prompts in the order of his list, and speaks when it is his turn. */
export class ScriptedEndpoint {
  readonly heard: string[] = [];
  readonly #reactions: Reaction[];
  readonly #speeches: Speech[];
  readonly #hangUp: () => void;
  #typed = '';

  constructor(reactions: readonly Reaction[], speeches: readonly Speech[], hangUp: () => void) {
    this.#reactions = [...reactions];
    this.#speeches = [...speeches];
    this.#hangUp = hangUp;
  }

  /** What he was going to do and did not get to. */
  get left(): readonly Reaction[] {
    return this.#reactions;
  }

  async play(what: readonly Playable[], { interruptBy = '' } = {}): Promise<Played> {
    const names = what.flatMap((each) => ('file' in each ? [each.file] : []));
    this.heard.push(names.join(' '));
    const [prompt, does = ''] = this.#reactions[0] ?? [];
    if (prompt === undefined || !names.includes(prompt)) return { ended: 'done' };
    if (does === HANGS_UP) {
      this.#reactions.shift();
      this.#hangUp();
      return { ended: 'closed' };
    }
    if (!interruptBy.includes(does.charAt(0))) return { ended: 'done' };
    this.#reactions.shift();
    this.#typed = does.slice(1);
    return { ended: 'digit', digit: does.charAt(0) };
  }

  async collect(): Promise<string> {
    const typed = this.#typed;
    this.#typed = '';
    return typed.replace('#', '');
  }

  clearDigits(): void {
    this.#typed = '';
  }

  async record({ file }: RecordOptions): Promise<Recorded> {
    const speech = this.#speeches.shift();
    if (!speech) throw new Error('nobody speaks');
    await writeFile(file, wavFile(8000, 1, tones(8000, [700], speech.seconds * 1000)));
    this.heard.push('record');
    if (speech.ended === 'closed') this.#hangUp();
    return speech;
  }
}

export interface Script {
  readonly caller: Caller;
  readonly argument?: string;
  readonly reactions?: readonly Reaction[];
  readonly speeches?: readonly Speech[];
  readonly fromUser?: string;
}

/** A call to a service by somebody who follows a script. */
export class ScriptedCall {
  readonly endpoint: ScriptedEndpoint;
  readonly app: AppCall;
  refusal: string | undefined;
  readonly transfers: string[] = [];

  constructor({ caller, argument, reactions = [], speeches = [], fromUser = '5550100' }: Script) {
    const over = new AbortController();
    const endpoint = new ScriptedEndpoint(reactions, speeches, () => over.abort());
    const clocks = { mono: () => 0, wall: Date.now };
    const nobody = { changed: () => undefined, gatewayChanged: () => undefined, finished: () => undefined };
    const call = new Call({ sipCallId: 'x', caller, fromUser, fromName: 'Somebody', dialled: '1', startedAt: Date.now() }, clocks, nobody);
    this.endpoint = endpoint;
    this.app = {
      ...{ call, app: 'voicemail', argument, caller, language: 'en', prompts: fakePrompts, answered: true, hungUp: over.signal },
      endpoint: endpoint as unknown as Endpoint,
      answer: async () => true,
      early: async () => true,
      refuseWith: (code) => {
        this.refusal = code;
      },
      transfer: async (number) => {
        this.transfers.push(number);
        return false;
      },
    };
  }

  get heard(): string {
    return this.endpoint.heard.join(' | ');
  }
}

/** The whole application with Ada, who has a mailbox, and Bob; messages are left and heard by script. */
export class VoicemailBench {
  readonly test: TestApp;
  readonly admin: TestClient;
  readonly ada: TestClient;
  readonly bob: TestClient;
  readonly adaId: number;
  readonly bobId: number;
  readonly messages: MessagesService;

  private constructor(test: TestApp, clients: readonly [TestClient, TestClient, TestClient], ids: readonly [number, number]) {
    this.test = test;
    [this.admin, this.ada, this.bob] = clients;
    [this.adaId, this.bobId] = ids;
    this.messages = test.app.get(MessagesService);
  }

  static async start(): Promise<VoicemailBench> {
    const test = await startTestApp();
    const admin = await test.admin();
    const ids = [await addSubscriber(admin, '1001'), await addSubscriber(admin, '1002')] as const;
    return new VoicemailBench(test, [admin, await logIn(test, '1001'), await logIn(test, '1002')], ids);
  }

  get<T>(type: Type<T>): T {
    return this.test.app.get(type);
  }

  addSubscriber(number: string): Promise<number> {
    return addSubscriber(this.admin, number);
  }

  caller(id: number): Caller {
    const subscriber = this.get(Directory).subscriberById(id);
    if (!subscriber) throw new Error(`There is no subscriber ${id}`);
    return { kind: 'subscriber', subscriber };
  }

  /** A call to Ada's mailbox by a stranger, unless told otherwise. */
  deposit(script: Partial<Script> = {}): Promise<ScriptedCall> {
    return this.#call(this.get(DepositApp), { caller: { kind: 'stranger' }, argument: `${this.adaId}:no-answer`, ...script });
  }

  leave(seconds = 3): Promise<ScriptedCall> {
    return this.deposit({ speeches: [{ seconds, ended: 'silence' }] });
  }

  /** A call to hear messages. */
  mailbox(script: Script): Promise<ScriptedCall> {
    return this.#call(this.get(MailboxApp), script);
  }

  // biome-ignore lint/suspicious/noExplicitAny: specs look into answers of every shape
  async inbox(query = ''): Promise<any[]> {
    return (await this.ada.get(`/me/voicemail/messages${query}`)).body.items;
  }

  // biome-ignore lint/suspicious/noExplicitAny: specs look into answers of every shape
  async mine(): Promise<any> {
    return (await this.ada.get('/me/voicemail')).body;
  }

  /** Empty mailboxes, as they are from the start. */
  async clear(): Promise<void> {
    for (const id of [this.adaId, this.bobId]) {
      await this.messages.removeAllOf(id);
      await this.get(MailboxesService).forget(id);
    }
  }

  stop(): Promise<void> {
    return this.test.stop();
  }

  async #call(app: { run: (call: AppCall) => Promise<void> }, script: Script): Promise<ScriptedCall> {
    const call = new ScriptedCall(script);
    await app.run(call.app);
    if (call.endpoint.left.length > 0) throw new Error(`He did not get to ${String(call.endpoint.left)}; he heard ${call.heard}`);
    return call;
  }
}

async function addSubscriber(admin: TestClient, number: string): Promise<number> {
  const { body } = await admin.post('/subscribers', { number, sipPassword: PASSWORD, email: `s${number}@example.org` });
  return body.subscriber.id;
}

async function logIn(test: TestApp, login: string): Promise<TestClient> {
  const client = test.visitor();
  await client.post('/session', { login, password: PASSWORD });
  return client;
}

const PASSWORD = 'long-password-9';
