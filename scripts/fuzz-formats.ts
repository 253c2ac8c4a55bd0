import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Prng, prngFor } from '../src/util/prng.ts';
import { type Format, formats, tryFormat } from './fuzz/formats.ts';
import { mutated } from './fuzz/mutate.ts';
import { mutatedJson } from './fuzz/mutate-json.ts';
import { scriptCommand, wholeNumberFrom } from './script-options.ts';

/**
 * `npm run make -- fuzz-formats --seconds 600 --seed 1`: damaged suites, results, manifests, plans and
 * jobs of a queue through their readers, so many seconds for each format. Each must be read or
 * refused with one sentence, in time. Inputs that break this are written to reports/fuzz and belong
 * into test/run/fuzz.test.ts. Exit code 1 if there are any.
 */
const { seconds: SECONDS, seed: SEED } = scriptCommand(
  'fuzz-formats',
  'damaged suites, results, manifests, plans and jobs through their readers',
)
  .option('--seconds <n>', 'time for each format', wholeNumberFrom(1), 600)
  .option('--seed <n>', 'of the damage', wholeNumberFrom(0), 1)
  .parse()
  .opts<{ seconds: number; seed: number }>();
/** Processor time: an input of some kilobytes takes milliseconds. */
const SLOW_MILLISECONDS = 2_000;
const FOLDER = 'reports/fuzz';

let findings = 0;
function found(what: string, format: Format, text: string): void {
  findings += 1;
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${format.name}-${SEED}-${findings}.txt`);
  writeFileSync(path, text);
  process.stdout.write(`FOUND ${format.name}: ${what}\n      ${path}\n`);
}

function damaged(format: Format, prng: Prng): string {
  const sample = format.samples[prng.nextInt(format.samples.length)]!;
  const isJson = format.name !== 'suite' && format.name !== 'results';
  if (isJson && prng.nextInt(3) > 0) return mutatedJson(sample.toString(), prng);
  if (format.name === 'results' && prng.nextInt(3) > 0) {
    const lines = sample.toString().trimEnd().split('\n');
    const line = prng.nextInt(lines.length);
    lines[line] = mutatedJson(lines[line]!, prng);
    return lines.join('\n');
  }
  const other = format.samples[prng.nextInt(format.samples.length)]!;
  return mutated(sample, other, prng).toString();
}

for (const format of formats()) {
  const prng = prngFor(SEED, `damaged texts of ${format.name}`);
  const sentences = new Set<string>();
  const counts = { read: 0, refused: 0 };
  const started = performance.now();
  while (performance.now() - started < SECONDS * 1000) {
    const text = damaged(format, prng);
    const before = process.cpuUsage();
    try {
      const outcome = tryFormat(format, text);
      counts[outcome === 'read' ? 'read' : 'refused'] += 1;
      // Without numbers and quotations: how much of the reader was reached.
      sentences.add(outcome.replace(/"[^"]*"/g, '""').replace(/\d+/g, '0'));
    } catch (error) {
      found(error instanceof Error ? (error.stack ?? error.message) : String(error), format, text);
    }
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1000;
    if (took > SLOW_MILLISECONDS) found(`it took ${Math.round(took)} ms`, format, text);
  }
  process.stdout.write(
    `${format.name}: ${counts.read} read, ${counts.refused} refused with ${sentences.size} ` +
      'different sentences\n',
  );
}
process.stdout.write(`${findings} findings\n`);
process.exitCode = findings === 0 ? 0 : 1;
