import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordLine } from '../../src/cli/commands/record/progress.ts';
import { startStatus } from '../../src/cli/output/progress.ts';
import { readDataBytes } from '../../src/inputs/load-data.ts';
import { type PageTrace, readPageTrace } from '../../src/inputs/page-trace.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { MAIN, stackLines, temporaryFolder } from './command-line.ts';

/** Prints what Valgrind would, for the command that it is given. */
const FAKE_VALGRIND = `#!/bin/sh
if [ "$1" = "--version" ]; then echo valgrind-3.19.0; exit 0; fi
while [ "$1" != "--" ]; do
  echo "$1" >> options
  case "$1" in --log-file=*) exec 3> "\${1#--log-file=}";; esac
  shift
done
shift
echo "==1== Lackey, an example Valgrind tool" >&3
trace() {
  echo "I  0401ab70,3"; echo " S 1fff000768,8"; echo "I  0401b770,1"; echo " L 04020000,4"
}
case "$1" in
  fine) echo "output of the program"; trace >&3; exit 0;;
  fails) trace >&3; exit 3;;
  killed) trace >&3; printf 'I  04' >&3; kill -9 $$;;
  torn) trace >&3; printf 'I  04' >&3; exit 0;;
  foreign) trace >&3; echo "who wrote this?" >&3; exit 0;;
  silent) exit 127;;
  endless) trap 'exit 1' INT TERM; while :; do trace >&3; done;;
esac
`;

let home: ReturnType<typeof temporaryFolder>;
let bin: string;
beforeEach(() => {
  home = temporaryFolder();
  bin = join(home.path, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'valgrind'), FAKE_VALGRIND);
  chmodSync(join(bin, 'valgrind'), 0o755);
});
afterEach(() => home.remove());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `record` in the temporary folder. */
async function record(
  words: readonly string[],
  options: { path?: string; interruptAt?: () => boolean } = {},
): Promise<Ended> {
  const path = options.path ?? `${bin}:${process.env.PATH}`;
  const child = spawn(process.execPath, [MAIN, 'record', ...words], {
    cwd: home.path,
    env: { ...process.env, PATH: path },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const { interruptAt } = options;
  const timer =
    interruptAt === undefined
      ? undefined
      : setInterval(() => interruptAt() && child.kill('SIGINT'), 20);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(timer);
  expect(stackLines(stderr)).toEqual([]);
  return { code, stdout, stderr };
}

function traceIn(name: string): PageTrace {
  const path = join(home.path, name);
  return readPageTrace(readDataBytes(path), path);
}

/** Files beside the fake's folder, by name. */
function files(): string[] {
  return readdirSync(home.path).filter((name) => name !== 'bin' && name !== 'options');
}

describe('record', () => {
  test('writes a trace and a suite that loads, and leaves the program its output', async () => {
    const { code, stdout, stderr } = await record(['--', 'fine', '--flag']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'output of the program\n' });
    expect(stderr).toContain('fine ended with status 0.');
    expect(stderr).toContain('Recorded 2 instructions: 4 moves between 4 pages.');
    expect(files()).toEqual(['fine.ptr.br', 'fine.yaml']);
    const trace = traceIn('fine.ptr.br');
    expect([...trace.pageNumbers]).toEqual([0x401a, 0x1fff000, 0x401b, 0x4020]);
    expect([...trace.touches]).toEqual([0, 3, 4, 7]);
    expect([...trace.instructionGaps]).toEqual([1, 0, 1, 0]);
    const [suite] = loadSuites(join(home.path, 'fine.yaml'));
    expect(suite).toMatchObject({ id: 'fine', workload: { trace: { file: 'fine.ptr.br' } } });
    expect(suite!.traceFile!.path).toContain('fine.ptr.br');
    const text = readFileSync(join(home.path, 'fine.yaml'), 'utf8');
    expect(text).toContain('# - 2 instructions, 4 moves between 4 pages\n');
    expect(text).not.toContain('--flag');
  });

  test('asks Valgrind for the trace on a pipe, whatever its configuration says', async () => {
    await record(['--', 'fine']);
    const options = readFileSync(join(home.path, 'options'), 'utf8').trim().split('\n');
    expect(options).toContain('--tool=lackey');
    expect(options).toContain('--trace-mem=yes');
    expect(options.some((option) => /^--log-file=.*asidbench-record-/.test(option))).toBe(true);
    expect(options).toContain('--command-line-only=yes');
  });

  test('never overwrites: the next one gets a number, a named one is refused', async () => {
    await record(['--', 'fine']);
    await record(['--', 'fine']);
    expect(files()).toEqual(['fine-2.ptr.br', 'fine-2.yaml', 'fine.ptr.br', 'fine.yaml']);
    const { code, stderr } = await record(['--out', 'fine.ptr', '--', 'fine']);
    expect(code).toBe(5);
    expect(stderr).toContain('fine.yaml: there is such a file already');
    expect(files()).toHaveLength(4);
  });

  test.each(['own.ptr', 'own.ptr.gz', 'own.ptr.br'])('writes %s as it is named', async (name) => {
    expect((await record(['--out', name, '--', 'fine'])).code).toBe(0);
    expect(files()).toEqual([name, 'own.yaml']);
    expect(traceIn(name).records).toBe(4);
  });

  test('reports how the program ended, and keeps its trace', async () => {
    const failed = await record(['--', 'fails']);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('fails ended with status 3.');
    const killed = await record(['--', 'killed']);
    expect(killed.code).toBe(1);
    expect(killed.stderr).toContain('killed was ended by SIGKILL.');
    expect(traceIn('killed.ptr.br').records).toBe(4);
  });

  test('keeps what is there on Ctrl-C, in a file that reads', async () => {
    const partial = join(home.path, 'endless.ptr.br.index.partial');
    const { code, stderr } = await record(['--', 'endless'], {
      interruptAt: () => existsSync(partial) && readFileSync(partial).length > 0,
    });
    expect(code).toBe(130);
    expect(stderr).toContain('endless ended with status 1.');
    expect(files()).toEqual(['endless.ptr.br', 'endless.yaml']);
    expect(traceIn('endless.ptr.br').records).toBeGreaterThan(1000);
    expect(loadSuites(join(home.path, 'endless.yaml'))).toHaveLength(1);
  });

  test('stops a program that has executed enough', async () => {
    const words = ['--skip', '1', '--instructions', '100', '--', 'endless'];
    const { code, stderr } = await record(words);
    expect(code).toBe(0);
    expect(stderr).toContain('endless was stopped after the instructions wanted.');
    const trace = traceIn('endless.ptr.br');
    expect(trace.instructions).toBe(100);
    expect(trace.instructionGaps.reduce((sum, gap) => sum + gap, 0)).toBe(100);
    // After one instruction the program is on its first code page and on its stack.
    expect([...trace.touches.slice(0, 2)]).toEqual([0, 3]);
  });

  test.each([
    ['torn', 4, 'torn, line 6, column 6: the last line is torn'],
    ['foreign', 4, 'foreign, line 6, column 1: "who wrote this?" is no line of a lackey trace'],
    ['silent', 2, 'silent: Valgrind recorded nothing of it; it ended with status 127'],
  ])('leaves no file behind when it fails: %s', async (command, status, sentence) => {
    const { code, stderr } = await record(['--', command]);
    expect(code).toBe(status);
    expect(stderr).toContain(sentence);
    expect(files()).toEqual([]);
  });

  test('says of a trace that is shorter than --skip that it is', async () => {
    const { code, stderr } = await record(['--skip', '50', '--', 'fine']);
    expect(code).toBe(2);
    expect(stderr).toContain('fine: it ended with status 0 before 50 instructions were over');
    expect(files()).toEqual([]);
  });

  test('says where Valgrind is missing, and what to do', async () => {
    const { code, stderr } = await record(['--', 'fine'], { path: join(home.path, 'nowhere') });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^asidbench: valgrind: it is not installed, .* apt install valgrind/);
    expect(files()).toEqual([]);
  });

  test('refuses a name that is no page trace, and a place that it may not write to', async () => {
    const named = await record(['--out', 'trace.txt', '--', 'fine']);
    expect(named.code).toBe(2);
    expect(named.stderr).toContain('ends in .ptr, .ptr.br or .ptr.gz');
    const placed = await record(['--out', 'no/such/folder/x.ptr', '--', 'fine']);
    expect(placed.code).toBe(5);
    expect(placed.stderr).toContain('it does not exist');
  });

  test('records a real program where Valgrind is installed', async () => {
    const real = spawnSync('sh', ['-c', 'command -v valgrind'], { encoding: 'utf8' }).stdout.trim();
    if (real === '') {
      console.info('valgrind is not on PATH: record was tried with a stand-in only');
      expect((await record(['--', 'fine'], { path: '' })).stderr).toContain('not installed');
      return;
    }
    const { code, stderr } = await record(['--quiet', '--', '/bin/sh', '-c', 'exit 0'], {
      path: process.env.PATH ?? '',
    });
    expect(stderr).toContain('sh ended with status 0.');
    expect(code).toBe(0);
    const trace = traceIn('sh.ptr.br');
    // The dynamic linker alone executes some hundred thousand.
    expect(trace.instructions).toBeGreaterThan(50_000);
    expect(trace.pageNumbers.length).toBeGreaterThan(20);
  });
});

describe('the progress of a recording', () => {
  test('is rewritten once a second on a terminal, and said every ten seconds elsewhere', () => {
    for (const [columns, expected] of [
      [80, 12],
      [20, 12],
      [null, 1],
    ] as const) {
      let now = 0;
      const written: string[] = [];
      const write = (text: string) => written.push(text);
      const status = startStatus({ write, columns, nowMilliseconds: () => now }, 1000);
      for (now = 250; now <= 12_000; now += 250) {
        const state = { accesses: now * 800, pages: 9 };
        status.show((elapsed) => recordLine(state, elapsed));
      }
      expect(written).toHaveLength(expected);
      for (const text of written) {
        expect(text).toMatch(/^(?:\r|asidbench: )(?:0\.\d|[1-9]+[.0-9]*) million access/);
        if (columns !== null) expect(text.length).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('fits in 80 columns', () => {
    const line = recordLine({ accesses: 123_456_789_012, pages: 12_345_678 }, 86_400_000);
    expect(line).toBe('123457 million accesses of 12345678 pages, 1.43 million per second');
  });
});
