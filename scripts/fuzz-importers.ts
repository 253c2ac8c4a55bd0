import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prngFor } from '../src/util/prng.ts';
import { corpus } from './fuzz/corpus.ts';
import { mutated } from './fuzz/mutate.ts';
import { tryInput } from './fuzz/try-input.ts';
import { scriptCommand, wholeNumberFrom } from './script-options.ts';

/**
 * `npm run make -- fuzz --seconds 60 --seed 1`: damaged files through every importer. Each must be
 * imported or refused with one sentence, in time and in memory. Inputs that break this are written
 * to reports/fuzz and belong into test/importers/fuzz.test.ts. Exit code 1 if there are any.
 */
const { seconds: SECONDS, seed: SEED } = scriptCommand(
  'fuzz',
  'damaged files through every importer',
)
  .option('--seconds <n>', 'time in all', wholeNumberFrom(1), 600)
  .option('--seed <n>', 'of the damage', wholeNumberFrom(0), 1)
  .parse()
  .opts<{ seconds: number; seed: number }>();
/** Processor time: an input of some kilobytes takes milliseconds. */
const SLOW_MILLISECONDS = 2_000;
const MOST_MEMORY_BYTES = 600_000_000;
const FOLDER = 'reports/fuzz';

const samples = corpus();
const prng = prngFor(SEED, 'damaged files');
const outcomes = { imported: 0, refused: 0 };
const sentences = new Set<string>();
let findings = 0;

function report(what: string, bytes: Uint8Array, run: number): void {
  findings += 1;
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `seed-${SEED}-run-${run}.bin`);
  writeFileSync(path, bytes);
  process.stdout.write(`FOUND ${what}\n      ${path}\n`);
}

const started = performance.now();
let run = 0;
for (; performance.now() - started < SECONDS * 1000; run += 1) {
  const sample = samples[prng.nextInt(samples.length)]!;
  const other = samples[prng.nextInt(samples.length)]!;
  const bytes = mutated(sample.bytes, other.bytes, prng);
  const pieceBytes = 1 + prng.nextInt(8192);
  const before = process.cpuUsage();
  try {
    const outcome = await tryInput(bytes, pieceBytes);
    outcomes[outcome === 'imported' ? 'imported' : 'refused'] += 1;
    // Sentences without their numbers and quotations: how much of the importers was reached.
    sentences.add(outcome.replace(/"[^"]*"/g, '""').replace(/\d+/g, '0'));
  } catch (error) {
    report(error instanceof Error ? (error.stack ?? error.message) : String(error), bytes, run);
  }
  const { user, system } = process.cpuUsage(before);
  const took = (user + system) / 1000;
  if (took > SLOW_MILLISECONDS) report(`it took ${Math.round(took)} ms`, bytes, run);
  if (process.memoryUsage.rss() > MOST_MEMORY_BYTES) {
    report(`memory grew to ${process.memoryUsage.rss()} bytes`, bytes, run);
    break;
  }
}
process.stdout.write(
  `${run} inputs: ${outcomes.imported} imported, ${outcomes.refused} refused with ` +
    `${sentences.size} different sentences, ${findings} findings; ` +
    `${Math.round(process.memoryUsage.rss() / 1e6)} MB\n`,
);
process.exitCode = findings === 0 ? 0 : 1;
