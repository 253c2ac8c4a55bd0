import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { prngFor } from '../../src/util/prng.ts';
import { amount } from '../amount.ts';
import { MAIN, program, temporaryFolder } from './command-line.ts';
import { tinySuite } from './tiny-suite.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const KILLS = amount({ quick: 5, all: 50 });
const words = [tinySuite(folder.path), '--seeds', '6', '--jobs', '2'];

/** Every file of a folder with its bytes. */
function contentOf(path: string): Record<string, string> {
  const names = readdirSync(path).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'latin1')]));
}

/**
 * Starts or resumes the run and kills it so many milliseconds after it has so many cells, which no machine is too
 * slow for; true if it was still running then.
 */
async function isKilled(out: string, kill: { cells: number; delayMs: number }): Promise<boolean> {
  const child = spawn(process.execPath, [MAIN, ...words, '--resume', out], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  let timer: NodeJS.Timeout | undefined;
  const waiting = setInterval(() => {
    if (linesIn(out) < kill.cells) return;
    clearInterval(waiting);
    timer = setTimeout(() => child.kill('SIGKILL'), kill.delayMs);
  }, 2);
  const [code, signal] = await new Promise<unknown[]>((resolve) =>
    child.on('close', (...how) => resolve(how)),
  );
  clearInterval(waiting);
  clearTimeout(timer);
  if (signal === 'SIGKILL') return true;
  expectSound({ code, stderr });
  return false;
}

function expectSound({ code, stderr }: { code: unknown; stderr: string }): void {
  expect([code, stderr.replace(/^.*the last line was cut off.*\n/, '')]).toEqual([0, '']);
}

function linesIn(out: string): number {
  const path = join(out, 'results.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

describe('a run that is killed', () => {
  test(`at ${KILLS} random places and resumed has the same bytes in every file`, async () => {
    const undisturbed = join(folder.path, 'undisturbed');
    expect((await program(...words, '--out', undisturbed)).code).toBe(0);
    const expected = contentOf(undisturbed);
    const total = linesIn(undisturbed);

    const prng = prngFor(1, 'places of kills');
    const cellsAtKill = new Set<number>();
    for (let chain = 1, kills = 0; kills < KILLS; chain += 1) {
      const out = join(folder.path, `killed-${chain}`);
      const next = () => {
        const cells = linesIn(out);
        return { cells: cells + prng.nextInt(total - cells + 1), delayMs: prng.nextInt(300) };
      };
      while (kills < KILLS && (await isKilled(out, next()))) {
        kills += 1;
        cellsAtKill.add(linesIn(out));
      }
      expectSound(await program(...words, '--resume', out));
      expect(contentOf(out), `chain ${chain}`).toEqual(expected);
    }
    // Otherwise all kills came before the first cell.
    expect(Math.max(...cellsAtKill)).toBeGreaterThan(0);
  });

  test('between two steps of its end and resumed has the same bytes in every file', async () => {
    const whole = join(folder.path, 'undisturbed');
    const expected = contentOf(whole);
    const shard = join(folder.path, 'plan-of');
    await program(...words, '--shard', '1/1', '--out', shard);
    const planText = readFileSync(join(shard, 'plan.json'), 'utf8');
    const plan = JSON.stringify({ ...JSON.parse(planText), shard: null });
    const steps: readonly (readonly string[])[] = [
      ['results.jsonl'],
      ['results.jsonl', 'report.md'],
      ['results.jsonl', 'report.md', 'report.html'],
      ['results.jsonl', 'report.md', 'report.html', 'manifest.json'],
    ];
    for (const names of steps) {
      const out = join(folder.path, `step-${names.length}`);
      mkdirSync(out);
      for (const name of ['checksums.txt', ...names]) cpSync(join(whole, name), join(out, name));
      writeFileSync(join(out, 'plan.json'), plan);
      writeFileSync(join(out, 'manifest.json.partial'), 'cut of');
      if (names.includes('manifest.json')) rmSync(join(out, 'manifest.json.partial'));
      const ended = await program(...words, '--resume', out);
      expect([ended.code, ended.stderr]).toEqual([0, '']);
      expect(contentOf(out), names.join()).toEqual(expected);
    }
  });
});
