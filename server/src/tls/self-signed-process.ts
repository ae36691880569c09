import { makeSelfSigned } from './self-signed.ts';

// A program of its own, run by run-self-signed.ts: names as JSON and the time in, certificate and key as JSON out.
const [names = '[]', now = '0'] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await makeSelfSigned(JSON.parse(names) as string[], Number(now))));
