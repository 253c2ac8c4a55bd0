import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prngFor } from '../src/util/prng.ts';
import type { ChildAnswer } from './fuzz/compressed-child.ts';
import { FORMS, packedInput } from './fuzz/compressed-forms.ts';
import { corpus } from './fuzz/corpus.ts';
import { scriptCommand, wholeNumberFrom } from './script-options.ts';

/**
 * `npm run make -- fuzz-compressed --seconds 600 --seed 1`: damaged files in every compressed form
 * through import and the reader of page traces, in a process of their own. Each must be read or
 * refused with one sentence within 10 s of processor time and 1 GB. A process that gives no answer
 * for two minutes hangs. What breaks this is written to reports/fuzz and belongs into
 * test/cli/no-hang.test.ts. Exit code 1 if there is any.
 */
const { seconds: SECONDS, seed: SEED } = scriptCommand(
  'fuzz-compressed',
  'damaged files in every compressed form through their readers',
)
  .option('--seconds <n>', 'time in all', wholeNumberFrom(1), 600)
  .option('--seed <n>', 'of the damage', wholeNumberFrom(0), 1)
  .parse()
  .opts<{ seconds: number; seed: number }>();
const MOST_CPU_MILLISECONDS = 10_000;
const MOST_BYTES = 1_000_000_000;
const HANG_MILLISECONDS = 120_000;
const FOLDER = 'reports/fuzz';
const CHILD = fileURLToPath(import.meta.resolve('./fuzz/compressed-child.js'));

const samples = corpus();
const prng = prngFor(SEED, 'damaged compressed files');
const scratch = mkdtempSync(join(tmpdir(), 'asidbench-fuzz-'));
const counts = { read: 0, refused: 0 };
const sentences = new Set<string>();
let findings = 0;
let slowest = 0;
let peakBytes = 0;
let child: ChildProcess | null = null;

function report(what: string, path: string, run: number): void {
  findings += 1;
  mkdirSync(FOLDER, { recursive: true });
  const kept = join(FOLDER, `compressed-${SEED}-${run}-${path.split('/').pop()}`);
  copyFileSync(path, kept);
  process.stdout.write(`FOUND ${what}\n      ${kept}\n`);
}

/** Null: no answer in time, or the process ended. */
async function ask(path: string): Promise<ChildAnswer | string> {
  child ??= fork(CHILD, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const asked = child;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), HANG_MILLISECONDS);
  asked.send(path);
  try {
    const { signal } = over;
    const [found] = await Promise.race([
      once(asked, 'message', { signal }),
      once(asked, 'exit', { signal }).then(([code, name]) => [`it ended with ${code ?? name}`]),
    ]);
    over.abort();
    return found as ChildAnswer | string;
  } catch {
    return `no answer in ${HANG_MILLISECONDS / 1000} s`;
  } finally {
    clearTimeout(timer);
  }
}

function judge(answer: ChildAnswer, path: string, run: number): void {
  slowest = Math.max(slowest, answer.cpuMilliseconds);
  peakBytes = Math.max(peakBytes, answer.peakBytes);
  for (const outcome of answer.outcomes) {
    if (outcome.startsWith('FOUND ')) report(outcome.slice('FOUND '.length), path, run);
    counts[outcome === 'read' ? 'read' : 'refused'] += 1;
    // Without numbers, quotations and names: how much of the readers was reached.
    sentences.add(
      outcome
        .replaceAll(path, '')
        .replace(/"[^"]*"/g, '""')
        .replace(/\d+/g, '0'),
    );
  }
  if (answer.cpuMilliseconds > MOST_CPU_MILLISECONDS) {
    report(`it took ${Math.round(answer.cpuMilliseconds)} ms of processor time`, path, run);
  }
  if (answer.peakBytes > MOST_BYTES) report(`it took ${answer.peakBytes} bytes`, path, run);
}

function endChild(): void {
  child?.kill('SIGKILL');
  child = null;
}

const started = performance.now();
let run = 0;
for (; performance.now() - started < SECONDS * 1000; run += 1) {
  const input = packedInput(samples, prng);
  if (input === null) continue;
  const path = join(scratch, input.name);
  writeFileSync(path, input.bytes);
  const answer = await ask(path);
  if (typeof answer === 'string') report(answer, path, run);
  else judge(answer, path, run);
  // Memory is the most that a process ever had: the next finding needs another one.
  if (typeof answer === 'string' || answer.peakBytes > MOST_BYTES) endChild();
  rmSync(path, { force: true });
}
endChild();
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(
  `${run} inputs in ${Object.keys(FORMS).join(', ')}: ${counts.read} read, ${counts.refused} refused ` +
    `with ${sentences.size} different sentences, ${findings} findings; at most ` +
    `${Math.round(slowest)} ms of processor time, ${Math.round(peakBytes / 1e6)} MB\n`,
);
process.exitCode = findings === 0 ? 0 : 1;
