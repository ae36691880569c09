// `npm run bench`: what a registration and a paid call cost, and what stays in memory. `npm run bench -- --help` names the options.
import { parseArgs } from 'node:util';
import { benchAlone } from './alone.ts';
import { benchBeside } from './beside.ts';
import { benchConference } from './conference/conference.ts';
import { benchRelay } from './relay/relay.ts';
import { subscribers } from './target.ts';

const parts = ['register', 'calls', 'start', 'conference', 'relay'];
const comparisons = ['kamailio', 'rtpengine'];
const help = `npm run bench -- [PART ...] [options]

What a registration and a paid call cost, and what stays in memory, with ${subscribers} subscribers. PART is any of:
  register   CPU of a digest REGISTER, memory of the bindings
  calls      CPU of an authenticated, billed gateway call; INVITE to forwarded; lost calls. The server is warm: 16,000 calls went before
  start      import of and start with 100,000 subscribers and 300,000 rates
  conference CPU of conferences of 32 and of 100 endpoints
  relay      relayed media on one core: CPU of a packet, loss, added jitter
and all of them unless named. Options:
  --beside kamailio   register and calls for this server and for Debian's Kamailio in turn, side by side: once with MariaDB asked at each
                      request as the classic manuals have it, once with everything in memory. Installs them with apt-get when root,
                      runs them on loopback from a temporary folder and starts no service.
  --beside rtpengine  relay for us and for Debian's rtpengine in user space, in turn, side by side
  --runs N            how often each is measured; the median counts (3, or DIALTONE_BENCH_RUNS)
  --rates A,B,...     calls a second (200,500,1000)
  --relayed A,B,...   calls with relayed media at once (100,400,800)
  --help              this text
`;

function readArguments() {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    options: { beside: text, runs: text, rates: text, relayed: text, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const count = (word: string) => {
    if (!/^[1-9]\d{0,5}$/.test(word)) throw new Error(`"${word}" is not a whole number above 0.`);
    return Number(word);
  };
  const unknown = positionals.filter((part) => !parts.includes(part));
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}.`);
  if (values.beside !== undefined && !comparisons.includes(values.beside)) throw new Error(`There is no comparison with ${values.beside}.`);
  return {
    help: values.help === true,
    beside: values.beside,
    runs: count(values.runs ?? process.env.DIALTONE_BENCH_RUNS ?? '3'),
    rates: (values.rates ?? '200,500,1000').split(',').map(count),
    relayed: (values.relayed ?? '100,400,800').split(',').map(count),
    wanted: (part: string) => positionals.length === 0 || positionals.includes(part),
  };
}

let wish: ReturnType<typeof readArguments>;
try {
  wish = readArguments();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${help}`);
  process.exit(1);
}
if (wish.help) process.stdout.write(help);
else if (wish.beside === 'kamailio') await benchBeside(wish);
else if (wish.beside === 'rtpengine') await benchRelay({ runs: wish.runs, sizes: wish.relayed, beside: true });
else {
  await benchAlone(wish);
  if (wish.wanted('conference')) await benchConference();
  if (wish.wanted('relay')) await benchRelay({ runs: wish.runs, sizes: wish.relayed, beside: false });
}
