import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const names = readdirSync('examples')
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replace(/\.ts$/, ''));

/** Runs a built example as a user does, and returns its lines. */
function lines(name: string, ...words: readonly string[]): readonly string[] {
  const ended = spawnSync(process.execPath, [`dist/examples/${name}.js`, ...words], {
    encoding: 'utf8',
  });
  expect(ended.status, ended.stderr).toBe(0);
  return ended.stdout.trimEnd().split('\n');
}

describe('the examples', () => {
  test('are numbered, say what they are in one line, and have less than 40 lines', () => {
    expect(names.map((name) => name.slice(0, 3))).toEqual([
      '01-',
      '02-',
      '03-',
      '04-',
      '05-',
      '06-',
    ]);
    for (const name of names) {
      const text = readFileSync(`examples/${name}.ts`, 'utf8');
      expect(text, name).toMatch(/^\/\*\* .* \*\/\n/);
      expect(text.split('\n').length, name).toBeLessThan(40);
      expect(text, name).toMatch(/from 'asidbench';/);
    }
  });

  test('01 shows causes that add up to the whole', () => {
    const [first = '', ...rest] = lines('01-one-cell');
    const whole = Number(/^(\d+) modelled ns/.exec(first)?.[1]);
    const sum = rest.reduce((total, line) => total + Number(line.slice(0, 6)), 0);
    expect(rest.length).toBeGreaterThan(5);
    expect(Math.abs(sum - whole)).toBeLessThan(rest.length);
  });

  test('02 shows an interval for each machine and strategy', () => {
    const found = lines('02-compare-strategies');
    expect(found).toHaveLength(4);
    for (const line of found) {
      expect(line).toMatch(
        /^zen\d-\w+: rfc-\S+ saves \d+ ns \[\d+, \d+\], [\d.]+ % against kvm-6\.14$/,
      );
    }
  });

  test('03 shows that flushing on transitions is what costs', () => {
    const [meaning, series = '', own = ''] = lines('03-own-strategy');
    expect(meaning).toMatch(/^rfc-2025-03\+nestedTransition=flush-and-sync: MMU_SYNC and/);
    expect(series).toContain(' 0 flushes');
    expect(own).toContain(' 2 flushes');
    expect(Number.parseInt(own, 10)).toBeGreaterThan(Number.parseInt(series, 10));
  });

  test('04 shows that a small TLB leaves less to save', () => {
    const saved = new Map(
      lines('04-own-machine').map((line) => {
        const [, name = '', percent] = /^(\S+ on \S+): \S+ saves ([\d.-]+) %$/.exec(line) ?? [];
        return [name, Number(percent)];
      }),
    );
    expect(saved.size).toBe(4);
    const [milan = 0, quarter = 0] = ['zen3-milan', 'quarter'].map((id) =>
      saved.get(`kv-redis-l2 on ${id}`),
    );
    expect(quarter).toBeLessThan(milan);
  });

  test('05 finds the fast one unsafe, and shows how', () => {
    const [series = '', deaf = '', broken = '', ...transcript] = lines('05-stale-hit');
    expect(series).toContain(' 0 stale hits');
    expect(deaf).toMatch(/ [1-9]\d* stale hits/);
    expect(Number.parseInt(deaf, 10)).toBeLessThan(Number.parseInt(series, 10));
    expect(broken).toMatch(/^breaks O10 L1-HONOURED: L1's TLB_CONTROL/);
    expect(transcript.at(-1)).toContain('STALE');
  });

  test('06 answers from counters, and says what it assumed', () => {
    const files = ['before', 'after'].map(
      (end) => `data/nested-kvm/stats/trace-a.l2flat-cpuid.${end}`,
    );
    const found = lines('06-own-counters', ...files);
    expect(found.some((line) => line.startsWith('assumed: '))).toBe(true);
    expect(found.some((line) => /^rfc-2025-03 would save [\d.]+ to [\d.]+ %/.test(line))).toBe(
      true,
    );
  });
});
