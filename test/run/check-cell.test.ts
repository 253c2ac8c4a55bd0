import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { orderCheck } from '../../src/run/check-cell.ts';
import { parseManifest, parseResults } from '../../src/run/parse-run.ts';
import type { CellResult } from '../../src/run/results.ts';
import { prngFor } from '../../src/util/prng.ts';
import { makeManifest } from './make-cells.ts';

const RUN = 'reports/example';
const manifest = parseManifest(readFileSync(`${RUN}/manifest.json`, 'utf8'), 'm');
const seeds = 4;
/** Of the first scenario, with a few seeds. */
const lines = readFileSync(`${RUN}/results.jsonl`, 'utf8')
  .trimEnd()
  .split('\n')
  .filter((line) => {
    const { seed, scenario } = JSON.parse(line) as CellResult;
    return seed <= seeds && scenario === manifest.scenarios[0]?.id;
  });
const cells = lines.map((line) => JSON.parse(line) as CellResult);

/** The run with one of its cells changed. */
function withCell(index: number, change: Partial<Record<keyof CellResult, unknown>>): string {
  const changed = cells.map((cell, at) => (at === index ? { ...cell, ...change } : cell));
  return changed.map((cell) => JSON.stringify(cell)).join('\n');
}

/** The run with its lines put together anew. */
function withLines(change: (all: readonly string[]) => readonly string[]): string {
  return change(lines).join('\n');
}

const first = cells[0]!;
const { events = {} } = first;

describe('twelve kinds of damaged results are refused with the line', () => {
  test.each<[string, string, string]>([
    ['a mean', withCell(1, { meanNs: first.meanNs * 2 }), 'r:2: meanNs is not the mean of tripNs'],
    ['a percentile', withCell(1, { p99Ns: 1 }), 'r:2: p99Ns is not that percentile'],
    ['a missing sample', withCell(0, { tripNs: first.tripNs.slice(1) }), 'r:1: it has'],
    ['a count of trips', withCell(0, { roundTrips: 7 }), 'samples in tripNs of 7 round trips'],
    [
      'cycles',
      withCell(0, { cyclesPerTrip: { ...first.cyclesPerTrip, worldSwitch: 1 } }),
      'r:1: the sum of cyclesPerTrip',
    ],
    ['flushes', withCell(0, { hardwareFlushesPerTrip: 5 }), 'r:1: hardwareFlushesPerTrip is not'],
    ['walks', withCell(0, { walksPerTrip: 5.5 }), 'r:1: walksPerTrip is not'],
    ['events', withCell(0, { events: { ...events, flushAsid: 1 } }), 'r:1: hardwareFlushes'],
    ['unknown events', withCell(0, { events: { ...events, x: 1 } }), 'r:1: it counts events "x"'],
    ['a strategy', withCell(0, { strategy: 'ideel' }), 'r:1: the run has no strategy "ideel"'],
    ['a machine', withCell(0, { machine: 'zen9' }), 'r:1: the run has no machine "zen9"'],
    ['a scenario', withCell(0, { scenario: 'x' }), 'r:1: the run has no scenario "x"'],
    ['a seed', withCell(1, { seed: 5 }), 'r:2: its seed is 5 where 2 is due'],
    ['the first seed of a strategy', withCell(seeds, { seed: 7 }), 'its seed is 7 where 1 is due'],
    ['a line that stands twice', withLines((all) => [all[0]!, ...all]), 'where 2 is due'],
    [
      'a lost line',
      withLines((all) => all.filter((_line, at) => at !== 2)),
      'r:3: its seed is 4 where 3',
    ],
    [
      'a lost last line of a strategy',
      withLines((all) => all.filter((_line, at) => at !== 2 * seeds - 1)),
      'end with',
    ],
    ['a lost last line', withLines((all) => all.slice(0, -1)), 'r: the cells of'],
    [
      'cells of a strategy in two places',
      withLines((all) => [...all, ...all.slice(0, seeds)]),
      'other cells than those of',
    ],
  ])('%s', (_what, text, message) => {
    expect(() => parseResults(text, 'r', manifest)).toThrow(message);
  });
});

test('an undamaged run is read, and gives its own bytes again', () => {
  const read = parseResults(lines.join('\n'), 'r', manifest);
  expect(read.map((cell) => JSON.stringify(cell))).toEqual(lines);
});

test('most flipped digits show without any checksum; the rest are samples that change no sum', () => {
  const prng = prngFor(2, 'flipped digits');
  let refused = 0;
  const flips = 300;
  for (let flip = 0; flip < flips; flip += 1) {
    const index = prng.nextInt(lines.length);
    const line = lines[index]!;
    let at = prng.nextInt(line.length);
    while (!/\d/.test(line[at]!)) at = prng.nextInt(line.length);
    const digit = (Number(line[at]) + 1 + prng.nextInt(9)) % 10;
    const changed = `${line.slice(0, at)}${digit}${line.slice(at + 1)}`;
    try {
      parseResults(
        lines.map((each, where) => (where === index ? changed : each)).join('\n'),
        'r',
        manifest,
      );
    } catch {
      refused += 1;
    }
  }
  expect(refused / flips).toBeGreaterThan(0.6);
});

test('cells beyond the pilot come once more by strategy, and a message says of which they are', () => {
  const wanted = { wantedNs: 1, wantedRatio: 0.01, most: 20 };
  const settled = [{ machine: 'm', strategy: 'new', pilot: 2, ...wanted }];
  const order = orderCheck(makeManifest({ id: 's', settled }));
  const cell = (strategy: string, seed: number) =>
    order.next({ scenario: 's', machine: 'm', strategy, seed } as CellResult);
  const run = [
    ['base', 1],
    ['base', 2],
    ['new', 1],
    ['new', 2],
    ['base', 3],
    ['base', 4],
    ['new', 3],
    ['new', 4],
  ] as const;
  for (const [strategy, seed] of run) expect(cell(strategy, seed)).toBeNull();
  expect(order.end()).toBeNull();
  expect(cell('base', 5)).toBe(
    'other cells than those of s on m beyond the pilot, base stand before it',
  );
  expect(cell('base', 1)).toBe('other cells than those of s on m, base stand before it');
});
