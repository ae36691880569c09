import assert from 'node:assert/strict';
import type { Json } from '../../support/api.ts';
import { freePort } from '../../support/ports.ts';
import type { Sipp } from '../../support/sipp.ts';
import { amplitude } from '../../support/tone.ts';
import { mediaOf, Voice } from '../../support/voice.ts';
import { eventually } from '../../support/wait.ts';
import type { Appliance } from './appliance.ts';
import { addSubscriber, answers, callTo, register } from './company.ts';
import type { Bench, Company } from './scenario.ts';
import { failedServices, type Shell } from './shell.ts';

/** The media ports that the sipp scenarios name. */
const CALLER = 40_000;
const CALLEE = 42_000;
const MINUTES_MS = 300_000;
/** Memory is counted as it is sold: 512 MB are 512 times this. */
const MB = 1_048_576;

/** rtpengine as a child of the sandboxed server: chosen, talked through, killed, and given up again, and the service lives through all of it. */
export async function throughRtpengine(appliance: Appliance, bench: Bench, company: Company, shell: Shell): Promise<void> {
  const { api } = appliance;
  const service = await serviceState(shell);
  assert.match(service, /^SubState=running$/m);
  const { mediaEngine, mediaRelay } = await api.get('/settings');
  assert.equal(mediaEngine, 'built-in', 'what a new machine relays with');

  await api.patch('/settings', { mediaEngine: 'rtpengine', mediaRelay: 'always' });
  await eventually('rtpengine answers', () => isAnswering(appliance), MINUTES_MS);
  const daemon = await daemonOf(shell);
  assert.match(
    await shell.run(`stat --format=%U /proc/${daemon}; cat /proc/${daemon}/status`),
    /^dialtone\n[\s\S]*NoNewPrivs:\s+1\nSeccomp:\s+2\n/,
  );
  bench.proven('rtpengine chosen: a child of the server in its sandbox, and it answers');

  await talk(appliance, company);
  const { memory } = await api.get('/host/system');
  bench.figure('memory available of 512 MB with rtpengine', `${(memory.available / MB).toFixed(0)} MB`);
  bench.proven('a call through rtpengine: both hear each other');

  await shell.run(`kill -KILL ${daemon}`);
  await eventually('another rtpengine runs', async () => (await daemonOf(shell)) !== daemon, MINUTES_MS);
  await eventually('it answers', () => isAnswering(appliance), MINUTES_MS);
  await api.patch('/settings', { mediaEngine, mediaRelay });
  await eventually('rtpengine is gone', async () => (await daemonsOf(shell)).length === 0, MINUTES_MS);
  assert.deepEqual(
    (await relays(appliance)).map(({ name, healthy }) => ({ name, healthy })),
    [{ name: 'built-in', healthy: true }],
  );
  const ended = await shell.run('journalctl --boot --unit=dialtone --grep="rtpengine ended" --output=cat --quiet --no-pager | wc -l');
  assert.equal(Number(ended), 1, 'it has ended by itself when it was killed, and else never');
  assert.equal(await serviceState(shell), service, 'the service of the server has not noticed');
  assert.equal(await failedServices(shell), '', 'no service has failed');
  bench.proven('rtpengine killed: started again; given up: gone, and the server is the process it was before');
}

/** How systemd sees the server. */
const serviceState = (shell: Shell): Promise<string> =>
  shell.run('systemctl show --property=MainPID,NRestarts,ActiveState,SubState,Result dialtone');

/** Ids of the processes of rtpengine among those of the server. */
async function daemonsOf(shell: Shell): Promise<number[]> {
  const group = '/sys/fs/cgroup$(systemctl show --property=ControlGroup --value dialtone)/cgroup.procs';
  const names = await shell.run(`for id in $(cat ${group}); do echo $id $(cat /proc/$id/comm); done`);
  return [...names.matchAll(/^(\d+) rtpengine$/gm)].map(([, id]) => Number(id));
}

async function daemonOf(shell: Shell): Promise<number> {
  const [daemon, ...more] = await daemonsOf(shell);
  assert.ok(daemon !== undefined && more.length === 0, 'one rtpengine runs');
  return daemon;
}

async function relays(appliance: Appliance): Promise<Json[]> {
  return (await appliance.api.get('/monitor')).media.relays;
}

async function isAnswering(appliance: Appliance): Promise<boolean> {
  const [first] = await relays(appliance);
  return first?.name === 'rtpengine' && first.chosen && first.nodes.length === 1 && first.nodes[0].healthy;
}

/** A call between two phones of this host; each says a tone, and hears that of the other. */
async function talk(appliance: Appliance, company: Company): Promise<void> {
  const friend = await addSubscriber(appliance, '70003');
  await register(appliance, company.caller, company.phonePort);
  const voices = { near: await Voice.open(CALLER), far: await Voice.open(CALLEE) };
  const far = await answers(company.phonePort);
  const near = await callTo(appliance, 'call-until-bye', friend, company.caller.number);
  try {
    voices.near.speak(440, await mediaAt(appliance, near));
    voices.far.speak(850, await mediaAt(appliance, far));
    const hear = () => hears(voices.near, 850) && hears(voices.far, 440);
    await eventually('they hear each other', hear, 120_000);
    await eventually(
      'it is rtpengine that carries it',
      async () => {
        const [chosen, builtIn] = await relays(appliance);
        return chosen?.name === 'rtpengine' && chosen.sessions === 1 && chosen.packets > 0 && builtIn?.sessions === 0;
      },
      120_000,
    );
    const [call] = await appliance.api.list('/active-calls');
    await appliance.api.delete(`/active-calls/${call?.id}`);
    await Promise.all([near.finished(), far.finished()]);
  } finally {
    for (const voice of Object.values(voices)) voice.close();
    for (const phone of [near, far]) await phone.stop();
  }
}

/** Where a phone is told to send its sound, by a way from this host that is opened for it. */
async function mediaAt(appliance: Appliance, phone: Sipp): Promise<{ address: string; port: number }> {
  const description = await eventually(
    'the phone has a description of the other side',
    () => phone.messages.split(/^-{10,}.*$/m).findLast((message) => /message received[\s\S]*^m=audio/m.test(message)),
    180_000,
  );
  const port = await freePort();
  await appliance.machine.forwardUdp(port, mediaOf(description).port);
  return { address: '127.0.0.1', port };
}

const hears = ({ heard }: Voice, hertz: number): boolean => heard.length >= 2000 && amplitude(heard, hertz) > 6000;
