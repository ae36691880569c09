import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuditService } from '../audit/audit.service.ts';
import { type AppCall, AppRegistry } from '../calls/answer/app-call.ts';
import { FakeEndpoint, fakePrompts } from '../calls/answer/testing.ts';
import { aSubscriber } from '../directory/testing.ts';
import type { DiskSpace } from '../disk-space/disk-space.ts';
import type { Recorded, RecordOptions } from '../media/endpoint/endpoint.ts';
import { replaceableNames } from '../media/prompts/catalogue.ts';
import { PromptBook, promptFolders } from '../media/prompts/prompt-book.ts';
import { tones } from '../media/testing/sound.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import type { Environment } from '../settings/environment.ts';
import { PromptRecorderApp } from './prompt-recorder.app.ts';
import { PromptsService } from './prompts.service.ts';

/** A caller who speaks for a second. */
class SpeakingEndpoint extends FakeEndpoint {
  takes = 0;
  override async record(options?: RecordOptions): Promise<Recorded> {
    this.takes++;
    writeFileSync(options!.file, wavFile(8000, 1, tones(8000, [440], 1000)));
    return { ended: 'digit', digit: '#', seconds: 1 };
  }
}

let folder: string;
let book: PromptBook;
let app: PromptRecorderApp;
let endpoint: SpeakingEndpoint;
const audited: string[] = [];
const disk = { hasRoom: true } as DiskSpace & { hasRoom: boolean };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorder-'));
  book = new PromptBook({ folders: promptFolders(join(folder, 'prompts'), '/nowhere') });
  const audit = { record: async (_: unknown, action: string) => void audited.push(action) } as unknown as AuditService;
  app = new PromptRecorderApp(new AppRegistry(), new PromptsService(book, audit, { dataDir: folder } as Environment, disk));
  endpoint = new SpeakingEndpoint('e1', { callId: 'c', advertise: '', bind: '', silenceSeconds: null });
  audited.length = 0;
  Object.assign(disk, { hasRoom: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const call = (groups: string[]): AppCall =>
  ({
    ...{ endpoint, prompts: fakePrompts, language: 'en', hungUp: new AbortController().signal, answer: async () => true },
    caller: { kind: 'subscriber', subscriber: aSubscriber({ groups }) },
  }) as unknown as AppCall;

const numberOf = (name: string): string => String(101 + replaceableNames.indexOf(name));

it('records, plays back, records again, and keeps', async () => {
  endpoint.typed = [numberOf('vm-goodbye'), '2', '3', '1'];
  await app.run(call(['prompts']));
  expect(endpoint.takes).toBe(2);
  expect(book.find('en', 'vm-goodbye')?.source).toBe('own');
  expect(endpoint.heard.at(-1)).toBe('play prompt-record-kept');
  expect(audited).toEqual(['prompt.replace']);
});

it('leaves everything as it was, and nothing behind', async () => {
  endpoint.typed = ['9999', numberOf('vm-goodbye'), '*'];
  await app.run(call(['prompts']));
  expect(endpoint.heard.at(-1)).toBe('play prompt-record-unchanged');
  expect(book.find('en', 'vm-goodbye')?.source).toBe('shipped');
  expect(readdirSync(join(folder, 'prompts', 'en'))).toEqual([]);
});

it('records nothing on a full disk, and says so', async () => {
  Object.assign(disk, { hasRoom: false });
  await app.run(call(['prompts']));
  expect(endpoint.heard).toEqual(['play prompt-record-full']);
  expect(endpoint.takes).toBe(0);
});

it('lets nobody record who is not in the group', async () => {
  await app.run(call(['local', 'int']));
  expect(endpoint.heard.at(-1)).toBe('play prompt-record-denied');
  expect(endpoint.takes).toBe(0);
});
