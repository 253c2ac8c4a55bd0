import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type Ended, program, stackLines, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

function inFolder(name: string, content: string | Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

/** One sentence about the mistake on stderr, nothing on stdout, no stack trace. */
function expectSentence(ended: Ended, code: number, ...parts: readonly string[]): void {
  expect(ended.stdout).toBe('');
  expect(stackLines(ended.stderr)).toEqual([]);
  for (const part of parts) expect(ended.stderr).toContain(part);
  expect(ended.stderr).toMatch(/^asidbench: .*[.?]\n$/);
  expect(ended.code).toBe(code);
}

describe('a mistyped name', () => {
  test.each([
    ['suite', ['cpuid-npt-ntp'], 'Did you mean "cpuid-npt-npt"?'],
    ['suite after run', ['run', 'cpuid-npt-ntp'], 'Did you mean "cpuid-npt-npt"?'],
    ['group', ['run', 'headlin'], 'Did you mean "headline"?'],
    ['command', ['lst'], 'Did you mean "list"?'],
    ['machine', ['cpuid-npt-npt', '--machine', 'zen3-milano'], 'Did you mean "zen3-milan"?'],
    ['strategy', ['cpuid-npt-npt', '--strategy', 'rfc-2025-3'], 'Did you mean "rfc-2025-03"?'],
    ['behaviour', ['cpuid-npt-npt', '--set', 'invlpg=as-invlpg'], 'Did you mean "invlpga"?'],
    ['value', ['cpuid-npt-npt', '--set', 'invlpga=never'], 'as-invlpg, on-l2-asid'],
    ['flag', ['cpuid-npt-npt', '--sed', '3'], '--se'],
    ['name to explain', ['explain', 'zen3-milano'], 'Did you mean "zen3-milan"?'],
    ['cause to explain', ['explain', 'cause', 'refilTlb'], 'Did you mean "refillTlb"?'],
    ['command to explain', ['explain', 'check'], 'check --help"'],
    ['strategy of replay', ['replay', '--strategy', 'ideel', 'x'], 'Did you mean "ideal"?'],
  ])('of a %s is answered with the nearest one and exit code 2', async (_, words, answer) => {
    expectSentence(await program(...words), 2, answer);
  });

  test('that is near to nothing is answered with where the names are', async () => {
    expectSentence(await program('qqqqqqqqqqqq'), 2, '"qqqqqqqqqqqq"', 'list');
  });
});

describe('a capture that cannot be made', () => {
  test.each([
    [['--workloads', 'cpiud'], 'Did you mean "cpuid"?'],
    [['--workloads', 'moves'], 'moves: it takes 2 pCPUs. Add --pcpus 2.'],
    [['--workloads', 'vcpus-apart'], 'vcpus-apart: it takes 2 vCPUs. Add --vcpus 2.'],
    [
      ['--vcpus', '2', '--workloads', 'reclaim'],
      'reclaim: its L1 has one vCPU. Leave out --vcpus.',
    ],
    [['--vcpus', '5'], '--vcpus'],
    [['--sequence', '--no-pages'], '--sequence: a sequence needs the pages'],
    [['--sequence', '--pcpus', '2'], '--sequence: a sequence needs the pages'],
  ])('%j is answered before anything is built', async (words, answer) => {
    expectSentence(await program('capture', ...words), 2, answer);
  });

  test.each(['capture', 'sanitize'])('%s looks for a kernel first', async (command) => {
    const absent = join(folder.path, 'absent');
    expectSentence(await program(command, '--modules', absent), 4, absent, 'Check the path');
    expectSentence(await program(command, '--kernel', 'package.json'), 2, '--modules');
  });
});

describe('a wrong flag value', () => {
  test.each([
    ['--seeds', '0'],
    ['--seeds', 'many'],
    ['--jobs', '-1'],
    ['--jobs', '1.5'],
    ['--set', 'invlpga'],
  ])('of %s %s is refused with exit code 2', async (flag, value) => {
    expectSentence(await program('cpuid-npt-npt', `${flag}=${value}`), 2, flag);
  });

  test('that leaves the baseline alone has nothing to compare', async () => {
    const ended = await program('cpuid-npt-npt', '--strategy', 'kvm-6.14');
    expectSentence(ended, 2, 'baseline');
  });

  test('of replay without a file is refused', async () => {
    expectSentence(await program('replay'), 2, "missing required argument 'file'");
  });
});

describe('a bad input file', () => {
  const capture = 'data/nested-vmcb12/hw/flat.two-cpuid-cpuid.hw.gz';

  test('that does not exist is named with exit code 4', async () => {
    const path = join(folder.path, 'absent.hw.gz');
    expectSentence(await program('replay', path), 4, path);
  });

  test('that is a torn gzip file is named with exit code 4', async () => {
    const bytes = readFileSync(capture);
    const path = inFolder('torn.hw.gz', bytes.subarray(0, bytes.length / 2));
    expectSentence(await program('replay', path), 4, path);
  });

  test('that holds something else is named with exit code 4', async () => {
    const path = inFolder('foreign.hw.gz', gzipSync('a shopping list\n'));
    expectSentence(await program('replay', '--json', path), 4, path);
  });

  test('that is empty is named with exit code 4', async () => {
    const path = inFolder('empty.hw.gz', '');
    expectSentence(await program('replay', path), 4, path);
  });
});

describe('a bad suite file', () => {
  const good = readFileSync('suites/headline/cpuid-npt-npt.yaml', 'utf8');

  test('that is no YAML is named with its line', async () => {
    const path = inFolder('broken.yaml', good.replace('machines: [', 'machines: [['));
    expectSentence(await program(path), 4, `${path}:`);
  });

  test('with an unknown key is named with its line', async () => {
    const path = inFolder('key.yaml', `colour: blue\n${good}`);
    expectSentence(await program('run', path), 4, `${path}:1`, 'colour');
  });

  test('that names an unknown machine is answered with the nearest one', async () => {
    const path = inFolder('machine.yaml', good.replaceAll('zen3-milan', 'zen3-milano'));
    const out = join(folder.path, 'machine-out');
    const ended = await program(path, '--out', out, '--json');
    expectSentence(ended, 4, 'zen3-milano', 'zen3-milan');
  });

  test('that does not exist is named', async () => {
    expectSentence(await program('absent.yaml'), 4, 'absent.yaml');
  });
});

describe('an --out that can not be written', () => {
  test('because a file is in the way is refused before anything is computed', async () => {
    const path = inFolder('in-the-way', 'a file');
    const ended = await program('cpuid-npt-npt', '--out', path);
    expectSentence(ended, 5, path);
    expect(readFileSync(path, 'utf8')).toBe('a file');
  });

  test('because a file is in the way of its parent is refused', async () => {
    const path = join(inFolder('parent', 'a file'), 'run');
    expectSentence(await program('cpuid-npt-npt', '--out', path), 5, path);
  });

  test('because it holds a finished run is refused', async () => {
    const path = join(folder.path, 'finished');
    mkdirSync(path);
    writeFileSync(join(path, 'manifest.json'), '{}');
    expectSentence(await program('cpuid-npt-npt', '--out', path), 5, path, 'finished run');
  });
});
