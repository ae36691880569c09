// The built-in relay in a process of its own, for the bench: what is asked of it comes by IPC.
import type { RelaySession, SideMedia } from '../../../server/src/media/engine.ts';
import { BuiltInRelay } from '../../../server/src/media/relay/built-in-relay.ts';

export interface Ask {
  readonly id: number;
  /** Session descriptions as text; undefined: end all calls. */
  readonly call?: { readonly offer: string; readonly answer: string; readonly asymmetric: boolean };
}

export interface Told {
  readonly id: number;
  readonly offer?: string;
  readonly answer?: string;
  readonly error?: string;
}

const [first, last] = process.argv.slice(2).map(Number) as [number, number];
const engine = new BuiltInRelay({ range: { first, last }, workers: 1, onFault: (what) => process.stderr.write(`${what}\n`) });
let sessions: RelaySession[] = [];

process.on('message', ({ id, call }: Ask) => {
  const done = call ? connect(call) : disconnect();
  done.then(
    (told) => process.send!({ id, ...told }),
    (error: Error) => process.send!({ id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit());

async function connect({ offer, answer, asymmetric }: NonNullable<Ask['call']>): Promise<Omit<Told, 'id'>> {
  const side: SideMedia = { advertise: '127.0.0.1', bind: '127.0.0.1', signalling: '127.0.0.1', behindNat: false, asymmetric };
  const session = await engine.open({ callId: `bench-${sessions.length}`, sides: { caller: side, callee: side }, silenceSeconds: 60 });
  if (!session) throw new Error('no ports left');
  sessions.push(session);
  const told = {
    offer: (await session.pass('caller', Buffer.from(offer), 'offer')).toString(),
    answer: (await session.pass('callee', Buffer.from(answer), 'answer')).toString(),
  };
  session.answered();
  return told;
}

async function disconnect(): Promise<Omit<Told, 'id'>> {
  const ended = sessions;
  sessions = [];
  for (const session of ended) session.close();
  await Promise.all(ended.map((session) => session.stats()));
  return {};
}
