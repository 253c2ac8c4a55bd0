import { PARTS } from './parts.ts';

/** One process, one measurement: `part-child PART`. Prints one line of JSON. */
const SHORTEST_MICROS = 500_000;

const [name] = process.argv.slice(2);
const part = PARTS.get(name ?? '');
if (part === undefined) throw new RangeError(`there is no part "${name}"`);
const work = part.prepare();
work();
const before = process.cpuUsage();
let items = 0;
let micros = 0;
while (micros < SHORTEST_MICROS) {
  items += work();
  const { user, system } = process.cpuUsage(before);
  micros = user + system;
}
process.stdout.write(`${JSON.stringify({ items, cpuSeconds: micros / 1e6 })}\n`);
