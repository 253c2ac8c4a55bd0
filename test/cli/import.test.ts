import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { program, stackLines, temporaryFolder } from './command-line.ts';

const CPUID = 'data/nested-kvm/ftrace/trace-a.l2flat-cpuid.trace.gz';
const STATS = 'data/nested-kvm/stats/l2linux-trace.l2linux-mmap';

let folder = temporaryFolder();
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());
const at = (name: string): string => join(folder.path, name);

describe('import', () => {
  test('says what it understood, what it could not know and what it assumed, in 80 columns', async () => {
    const { code, stdout } = await program('import', CPUID, '--out', at('mine.yaml'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Understood:\n {2}- 551 events of KVM on 1 vCPU thread$/m);
    expect(stdout).toContain('50 nested VMRUNs and 150 exits to L0: 3.00 per round trip');
    expect(stdout).toMatch(/^Not known:$/m);
    expect(stdout).toMatch(/^Assumed instead:$/m);
    expect(
      stdout
        .split('\n')
        .slice(1)
        .filter((line) => line.length > 80 && !line.includes('run /')),
    ).toEqual([]);
    expect(readFileSync(at('mine.yaml'), 'utf8')).toContain('# Not known:');
  });

  test('prints the shares of the table as JSON', async () => {
    const { code, stdout } = await program('import', CPUID, '--json', '--out', at('mine.yaml'));
    expect(code).toBe(0);
    const [imported] = JSON.parse(stdout).imported;
    expect(imported).toMatchObject({
      exitsPerRoundTrip: 3,
      reflectedShare: 1,
      flushesPerTransition: 1,
    });
    expect(imported.scenario).toBe(at('mine.yaml'));
  });

  test('writes no scenario over a file that is there', async () => {
    writeFileSync(at('mine.yaml'), 'mine\n');
    const { code, stderr } = await program('import', CPUID, '--out', at('mine.yaml'));
    expect(code).toBe(5);
    expect(stderr).toContain('a file of this name is in the way');
    expect(readFileSync(at('mine.yaml'), 'utf8')).toBe('mine\n');
  });

  test('an address trace is called as --out says, and its suite says what is assumed', async () => {
    writeFileSync(at('program.lk'), 'I  0401ab70,3\n L 1fff000768,8\n');
    const { code, stdout } = await program('import', at('program.lk'), '--out', at('mine.yaml'));
    expect(code).toBe(0);
    expect(stdout).toContain(`Suite:  ${at('mine.yaml')}`);
    expect(stdout.replace(/\s+/g, ' ')).toContain('Assumed instead: - 10,000 exits per second');
    expect(existsSync(at('mine.ptr.br'))).toBe(true);
    const again = await program('import', at('program.lk'), '--out', at('mine.yaml'));
    expect(again.code).toBe(5);
    expect(again.stderr).toContain('mine.ptr.br: there is such a file already');
  });

  test.each<[string, Buffer | string, RegExp]>([
    [
      'a torn gzip',
      gzipSync(gunzipSync(readFileSync(CPUID))).subarray(0, 9000),
      /the gzip data ends too early/,
    ],
    ['an empty file', '', /the file is empty/],
    ['prose', 'hello world\n', /this is text of no known format/],
    [
      'UTF-16',
      Buffer.from('\ufeff# tracer: nop\n', 'utf16le'),
      /this is UTF-16 text\. Save it as UTF-8/,
    ],
    ['one snapshot', 'exits:1\nnested_run:1\n', /one snapshot holds sums/],
    ['an xz of nothing', Buffer.from('fd377a585a000004e6d6b446', 'hex'), /xz/],
  ])('%s is one sentence', async (_what, bytes, message) => {
    writeFileSync(at('bad'), bytes);
    const { code, stdout, stderr } = await program('import', at('bad'), '--out', at('mine.yaml'));
    expect([code, stdout, stackLines(stderr)]).toEqual([4, '', []]);
    expect(stderr).toMatch(message);
    expect(existsSync(at('mine.yaml'))).toBe(false);
  });

  test('a missing file and a mistyped machine are the mistakes of their kinds', async () => {
    expect((await program('import', at('nothing'))).code).toBe(4);
    const { code, stderr } = await program('import', CPUID, '--machine', 'zen3-milna');
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "zen3-milan"?');
  });
});

test('answer: import, run and report in one command, with field checks in both', async () => {
  const { code, stdout } = await program(
    ...['answer', `${STATS}.before`, `${STATS}.after`, '--seconds', '0.02', '--seeds', '2'],
    ...['--machine', 'zen4-genoa', '--jobs', '1', '--out', at('mine')],
  );
  expect(code).toBe(0);
  expect(stdout).toContain('579 flush requests served, 1.00 per transition');
  expect(stdout).toMatch(/On zen4-genoa .*\(rfc-2025-03\)/);
  expect(stdout).toMatch(/^- TLB flushes per nested transition: 1 before, 0/m);
  const report = readFileSync(at('mine/report.md'), 'utf8');
  expect(report).toContain('measurements on the host can prove this wrong');
  // Ids come from the name of the first file.
  const id = 'l2linux-trace.l2linux-mmap';
  for (const suffix of ['', '-small-l2', '-large-l2']) {
    expect(readFileSync(at(`mine/scenario${suffix}.yaml`), 'utf8')).toMatch(
      new RegExp(`^id: ${id}${suffix}$`, 'm'),
    );
    expect(report).toContain(`${id}${suffix}`);
  }
});
