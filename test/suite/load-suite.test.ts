import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSuites, loadSuites } from '../../src/suite/load-suite.ts';
import { UserError } from '../../src/util/user-error.ts';
import { capturedTrips } from '../../src/workloads/captures.ts';

const SUITES = fileURLToPath(new URL('../../suites', import.meta.url));
const DATA = fileURLToPath(new URL('../../data', import.meta.url));
const CPUID = join(SUITES, 'headline/cpuid-npt-npt.yaml');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asidbench-suites-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the suites that come with the project', () => {
  const all = loadSuites(SUITES);

  it('are twelve headline suites, each named after its file and sorted by file', () => {
    const headline = all.filter((suite) => suite.group === 'headline');
    expect(headline.map((suite) => suite.file)).toEqual(
      [
        'compute-zstd-l2',
        'cpuid-linux-l2',
        'cpuid-npt-npt',
        'cpuid-npt-shadow',
        'cpuid-pge-differs',
        'cpuid-shadow-shadow',
        'db-sqlite-l2',
        'kbuild-cc1-l2',
        'kv-redis-l2',
        'npf-npt-npt',
        'pio-npt-npt',
        'ptechurn-npt-npt',
      ].map((id) => `suites/headline/${id}.yaml`),
    );
    for (const { id, family, file } of all) expect(basename(file)).toBe(`${family ?? id}.yaml`);
  });

  it('use captured data that is there, and an exit that the capture holds', () => {
    for (const { workload, kernel } of all) {
      const handlers = workload.kind === 'program' ? workload.handlers : [workload];
      for (const { capture, reflectedExit } of handlers) {
        const { trips } = capturedTrips(capture, reflectedExit, kernel);
        expect(trips.length, `${capture} ${reflectedExit}`).toBeGreaterThan(0);
      }
      if (workload.kind !== 'program') continue;
      if (typeof workload.trace === 'object') {
        expect(workload.trace).toHaveProperty('generated');
        continue;
      }
      const trace = readFileSync(join(DATA, `page-traces/${String(workload.trace)}.ptr.br`));
      expect(trace.length).toBeGreaterThan(0);
      if (workload.l1Asks === undefined) continue;
      const asks = `nested-vmcb12/vmcb12/${workload.l1Asks}.vmcb12.gz`;
      expect(readFileSync(join(DATA, asks)).length).toBeGreaterThan(0);
    }
  });

  it('expect no stale hits of every strategy that they run', () => {
    for (const suite of all) {
      const strategies = suite.expect.flatMap((e) => ('staleHits' in e ? e.strategies : []));
      expect([...strategies].sort()).toEqual([...suite.strategies].sort());
    }
  });
});

describe('loadSuites', () => {
  it('reads one file when it is given a file', () => {
    const [suite, ...rest] = loadSuites(CPUID);
    expect(suite!.id).toBe('cpuid-npt-npt');
    expect(suite!.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(rest).toEqual([]);
  });

  it('looks for .yaml and .yml files in folders of folders, and at nothing else', () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'a/b/own.yml'), readFileSync(CPUID));
    writeFileSync(join(folder, 'README.md'), 'not a suite');
    const [suite] = loadSuites(folder);
    expect(suite!.file).toBe(`${basename(folder)}/a/b/own.yml`);
  });

  it('refuses two suites of one id, naming both files', () => {
    writeFileSync(join(folder, 'a.yaml'), readFileSync(CPUID));
    writeFileSync(join(folder, 'b.yaml'), readFileSync(CPUID));
    const name = basename(folder);
    expect(() => loadSuites(folder)).toThrow(
      `${name}/b.yaml id: "cpuid-npt-npt" is already the id of ${name}/a.yaml`,
    );
  });

  it('refuses a file above 1 MiB before it reads it', () => {
    writeFileSync(join(folder, 'a.yaml'), `# ${'x'.repeat(1_048_576)}\n`);
    expect(() => loadSuites(folder)).toThrow('larger than 1 MiB');
  });

  it('refuses a file that is not UTF-8', () => {
    writeFileSync(join(folder, 'a.yaml'), Buffer.from([0x69, 0x64, 0x3a, 0x20, 0xff, 0xfe]));
    expect(() => loadSuites(folder)).toThrow('not UTF-8');
  });

  it('refuses a path where nothing is', () => {
    expect(() => loadSuites(join(folder, 'none'))).toThrow(UserError);
    expect(() => loadSuites(join(folder, 'none'))).toThrow('there is no such file or folder');
  });
});

describe('findSuites', () => {
  const all = loadSuites(SUITES);
  const ids = (words: readonly string[]) => findSuites(all, words).map((suite) => suite.id);

  it('finds an id, a group, and each suite once', () => {
    expect(ids(['cpuid-npt-npt'])).toEqual(['cpuid-npt-npt']);
    expect(ids(['headline', 'cpuid-npt-npt'])).toHaveLength(12);
  });

  it('keeps the order of the suites, not that of the words', () => {
    expect(ids(['pio-npt-npt', 'cpuid-npt-npt'])).toEqual(['cpuid-npt-npt', 'pio-npt-npt']);
  });

  it('finds all when no word is given', () => {
    expect(ids([])).toHaveLength(all.length);
  });

  it('refuses an unknown word and names the nearest', () => {
    expect(() => ids(['cpuid-npt-ntp'])).toThrow('The nearest name is "cpuid-npt-npt"');
  });

  it('refuses a word near to nothing and lists the groups', () => {
    expect(() => ids(['qqqqqqqq'])).toThrow(
      'The groups are: adversarial, cover-letter, headline, sensitivity, sweeps',
    );
  });
});
