import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCapture, readTouchedWindow, readWindowLog } from '../../src/inputs/capture.ts';
import { exitName } from '../../src/inputs/exit-codes.ts';
import { dataPath, readDataText } from '../../src/inputs/load-data.ts';
import { type LogSegment, logSegments } from '../../src/inputs/log-segments.ts';
import { readPageSequences } from '../../src/inputs/page-sequences.ts';
import { readPageTouches } from '../../src/inputs/page-touches.ts';
import type { TouchedLogSegment } from '../../src/inputs/touched-segments.ts';
import { filesOfWindow } from '../../src/inputs/window-files.ts';
import { userErrorOf } from './helpers.ts';

const FOLDERS = readdirSync(dataPath('captures')).filter((name) => !name.endsWith('.md'));
const capture = (name: string) => openCapture(dataPath('captures', name));

function windowOf(folder: string, name: string) {
  const opened = capture(folder);
  const window = opened.manifest.windows.find((each) => each.name === name);
  if (window === undefined) throw new Error(`${folder} has no window ${name}`);
  return { opened, window };
}

/** Whole trips that no host interrupt disturbed. */
function quietTrips<Segment extends LogSegment>(segments: readonly Segment[]): Segment[][] {
  const starts = segments.flatMap(({ kind }, at) => (kind.startsWith('L2->L1') ? [at] : []));
  return starts
    .slice(0, -1)
    .map((start, at) => segments.slice(start, starts[at + 1]))
    .filter((trip) => trip.every(({ kind }) => !/INTR|NMI/.test(kind)));
}

/** Of the middle trip by instructions of L0. */
function typical<Segment extends LogSegment>(segments: readonly Segment[]): Segment[] {
  const trips = quietTrips(segments).sort((a, b) => instructionsOf(a, 0) - instructionsOf(b, 0));
  return trips[Math.floor(trips.length / 2)]!;
}

const instructionsOf = (trip: readonly LogSegment[], level: number) =>
  trip.reduce((sum, each) => sum + (each.level === level ? each.instructions : 0), 0);

const pagesPerSegment = (trip: readonly TouchedLogSegment[], level: number) =>
  trip
    .filter((each) => each.level === level)
    .map(({ touches }) => new Set(touches.map((touch) => Math.floor(touch / 2))).size);

describe('the captures that ship', () => {
  test.each(FOLDERS)('%s has every file that its manifest names', (name) => {
    const { folder, manifest } = capture(name);
    const named = manifest.windows.flatMap(filesOfWindow);
    expect(named.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
    expect(readdirSync(join(folder, 'windows')).length).toBe(named.length);
  });

  test.each(FOLDERS)('%s says how often the loops of L2 ran, and which logs were cut', (name) => {
    const opened = capture(name);
    for (const window of opened.manifest.windows) {
      const log = readWindowLog(opened, window);
      const marks = log.events.filter((event) => event.kind === 'mark' && event.number === 3);
      expect([window.name, marks.length]).toEqual([window.name, window.iterations]);
      expect([window.name, log.truncated]).toEqual([window.name, window.truncated]);
    }
  });

  test.each([
    ['stock', 'npt-npt.cpuid', 3, 12_219],
    ['rfc', 'npt-npt.cpuid', 3, 12_125],
    ['stock', 'npt-shadow.cpuid', 5, 20_206],
    ['rfc', 'npt-shadow.cpuid', 5, 20_145],
    ['stock', 'shadow-shadow.cpuid', 6, 20_593],
    ['rfc', 'shadow-shadow.cpuid', 6, 20_441],
    ['stock', 'npt-npt.npf32', 5, 32_635],
    ['rfc', 'npt-npt.npf32', 4, 18_374],
    ['stock', 'shadow-shadow.npf32', 8, 43_160],
    ['rfc', 'shadow-shadow.npf32', 7, 27_479],
  ])('a trip of %s %s makes %i exits of L0 and %i instructions', (folder, name, exits, l0) => {
    const { opened, window } = windowOf(folder, `${name}.long`);
    const trip = typical(logSegments(readWindowLog(opened, window)));
    expect(trip.filter(({ level }) => level === 0).length).toBe(exits);
    expect(Math.abs(instructionsOf(trip, 0) - l0)).toBeLessThanOrEqual(l0 * 0.01);
  });

  test('a CPUID trip under an L1 with shadow paging touches the pages that were counted', () => {
    const { segments } = readTouchedWindow(...argumentsOf('stock', 'npt-shadow.cpuid'));
    const trip = typical(segments);
    expect(pagesPerSegment(trip, 0)).toEqual([114, 62, 56, 62, 127]);
    expect(pagesPerSegment(trip, 1)).toEqual([20, 46, 25, 24]);
  });

  test('guests of an L0 with NPT have nested pages, others none', () => {
    const nested = readTouchedWindow(...argumentsOf('stock', 'npt-npt.cpuid'));
    const shadow = readTouchedWindow(...argumentsOf('stock', 'shadow-shadow.cpuid'));
    expect(new Set(nested.nestedShifts)).toEqual(new Set([0, 12, 21]));
    expect(new Set(shadow.nestedShifts)).toEqual(new Set([0]));
  });

  test('a window without pages is named where somebody wants them', () => {
    const message = userErrorOf(() =>
      readTouchedWindow(...argumentsOf('stock', 'npt-npt.cpuid.long')),
    );
    expect(message).toContain('the window "npt-npt.cpuid.long" has no pages');
  });

  test('the instructions of several pCPUs cannot be told apart', () => {
    const { opened, window } = windowOf('stock-moves', 'npt-npt.moves');
    const message = userErrorOf(() => logSegments(readWindowLog(opened, window)));
    expect(message).toContain('this log is of several pCPUs');
  });
});

function argumentsOf(folder: string, name: string) {
  const { opened, window } = windowOf(folder, name);
  return [opened, window] as const;
}

describe('page sequences of a real window', () => {
  const { opened, window } = windowOf('stock-pge', 'npt-npt.cpuid-nopge');
  const read = (file: string | null) => readDataText(join(opened.folder, file ?? ''));

  test('have the pages of the first touches, no more and no fewer, and no step that changes nothing', () => {
    const touched = new Map(
      readPageTouches(read(window.pages), 'pages').map((each) => [each.seg, each]),
    );
    const sequences = readPageSequences(read(window.sequence), 'seq');
    expect(sequences.length).toBeGreaterThan(60);
    for (const { seg, pages, touches, kinds } of sequences) {
      const again = new Set([...touches].map((touch) => pages[Math.floor(touch / 2)]));
      const first = new Set(touched.get(seg)?.touches.map(({ page }) => page));
      expect([seg, again]).toEqual([seg, first]);
      for (const stream of [0, 1]) {
        const steps = [...touches].flatMap((touch, at) =>
          touch % 2 === stream ? [`${touch} ${kinds[at]}`] : [],
        );
        expect(steps.findIndex((step, at) => step === steps[at - 1])).toBe(-1);
      }
    }
  });

  test('take the place of first touches where trips are cut', () => {
    const trip = typical(readTouchedWindow(opened, window).segments);
    // A page change for every third instruction of L0, and as many pages as before.
    const touches = trip.reduce(
      (sum, each) => sum + (each.level === 0 ? each.touches.length : 0),
      0,
    );
    const ratio = instructionsOf(trip, 0) / touches;
    expect(ratio).toBeGreaterThan(2.5);
    expect(ratio).toBeLessThan(3.5);
    const [mine] = pagesPerSegment(trip, 0);
    const stock = windowOf('stock', 'npt-npt.cpuid');
    const [theirs] = pagesPerSegment(
      typical(readTouchedWindow(stock.opened, stock.window).segments),
      0,
    );
    expect(Math.abs(mine! - theirs!)).toBeLessThanOrEqual(10);
  });
});

describe('an L3 as L0 sees it', () => {
  const { opened, window } = windowOf('stock-linux', 'npt-npt.l3-cpuid');
  const { events } = readWindowLog(opened, window);

  test('each CPUID is nine exits of L0, and L1 runs L2, L2 and L3 for it', () => {
    const starts = events.flatMap((event, at) =>
      event.kind === 'mark' && event.number === 3 ? [at] : [],
    );
    const rounds = starts.slice(0, -1).map((start, at) => events.slice(start, starts[at + 1]));
    const exitsOf = (round: typeof events) =>
      round.flatMap((event) => (event.kind === 'vmexit' ? [exitName(event.code)] : []));
    const quiet = rounds.filter((round) =>
      exitsOf(round).every((name) => !/INTR|NPF|IOIO/.test(name)),
    );
    expect(quiet.length).toBeGreaterThan(20);
    for (const round of quiet) {
      expect(exitsOf(round).map((name) => name.split(':')[0])).toEqual([
        'CPUID',
        'MSR',
        'VMRUN',
        'MSR',
        'MSR',
        'VMRUN',
        'VMRUN',
        'MSR',
        'VMRUN',
      ]);
      const asked = round.flatMap((event) => (event.kind === 'vmcb12' ? [event] : []));
      const [l2, again, ofL2, l3] = asked.map(({ by, gpa }) => `${by} ${gpa}`);
      expect(asked).toHaveLength(4);
      expect(again).toBe(l2);
      expect(new Set([l2, ofL2, l3]).size).toBe(3);
      expect(asked.map(({ by }) => by === asked[0]?.by)).toEqual([true, true, false, true]);
    }
  });
});

test.each([
  ['two-vcpus', 1],
  ['vcpus-apart', 2],
])('the two vCPUs of an L2 in %s take %i of the two vCPUs of L1', (name, count) => {
  const { opened, window } = windowOf('stock-vcpus', `npt-npt.${name}`);
  expect(opened.manifest.vCpus).toBe(2);
  const log = readWindowLog(opened, window);
  const askers = log.events.flatMap((event) => (event.kind === 'vmcb12' ? [event.by] : []));
  expect(new Set(askers).size).toBe(count);
});
