import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/util/user-error.ts';
import { askedFlushShare, capturedTrips } from '../../src/workloads/captures.ts';
import type { CapturedTrips, Step, Trip } from '../../src/workloads/trips.ts';

const instructionsOf = (trip: Trip, level: number) =>
  trip.steps
    .filter((step) => step.level === level)
    .reduce((sum, step) => sum + step.instructions, 0);

const indicesOf = ({ touches }: Step) => Array.from(touches, (touch) => Math.floor(touch / 2));

const pagesOf = (trip: Trip, level: number) =>
  new Set(trip.steps.filter((step) => step.level === level).flatMap((step) => indicesOf(step)))
    .size;

/** The value that all trips share. */
function only(captured: CapturedTrips, of: (trip: Trip) => number): number {
  const values = [...new Set(captured.trips.map(of))];
  expect(values).toHaveLength(1);
  return values[0]!;
}

/**
 * Medians over all undisturbed trips of each captured window, counted by another program from the
 * instruction-level record; the shipped sequences hold the first few of these trips.
 */
describe('trips cut from a capture have the instructions and pages of the whole window', () => {
  test.each([
    { capture: 'plug-c.cpuid', exit: 'CPUID', l0: [12_238, 123], l1: [1409, 54], l2: [21, 3] },
    { capture: 'plug-c.pio', exit: 'IOIO', l0: [12_469, 125], l1: [3637, 118], l2: [20, 3] },
    {
      capture: 'plug-c.ptechurn64',
      exit: 'CPUID',
      l0: [12_238, 124],
      l1: [1409, 54],
      l2: [1186, 68],
    },
    { capture: 'plug-a.cpuid', exit: 'CPUID', l0: [12_273, 123], l1: [1409, 54], l2: [21, 3] },
    {
      capture: 'plug-b.l1shadow-cpuid',
      exit: 'CPUID',
      l0: [13_461, 123],
      l1: [1407, 54],
      l2: [21, 3],
    },
  ])('$capture, $exit', ({ capture, exit, l0, l1, l2 }) => {
    const captured = capturedTrips(capture, exit);
    for (const [level, [instructions, pages]] of [l0, l1, l2].entries()) {
      expect(only(captured, (trip) => instructionsOf(trip, level))).toBe(instructions);
      expect(only(captured, (trip) => pagesOf(trip, level))).toBe(pages);
    }
    expect(only(captured, (trip) => trip.steps.filter(({ level }) => level === 0).length)).toBe(3);
  });

  test('l2linux-b.cpuid: a Linux L2 executes 37 instructions and touches 7 pages between CPUIDs', () => {
    const captured = capturedTrips('l2linux-b.cpuid', 'CPUID');
    expect(only(captured, (trip) => instructionsOf(trip, 2))).toBe(37);
    expect(only(captured, (trip) => pagesOf(trip, 2))).toBe(7);
    expect(only(captured, (trip) => instructionsOf(trip, 0))).toBe(12_238);
  });

  test('plug-c.npf32: five exits to L0, and a sync whose length is 13,228 + 291 n', () => {
    const captured = capturedTrips('plug-c.npf32', 'NPF');
    for (const trip of captured.trips) {
      expect(trip.steps.filter(({ level }) => level === 0)).toHaveLength(5);
      const vmrun = trip.steps.find(({ end }) => end === 'nestedVmrun');
      expect((vmrun!.instructions - 13_228) % 291).toBe(0);
      // 4,347, 4,019, 1,398 and 5,177 instructions; the fault handlers vary a little.
      const others = instructionsOf(trip, 0) - vmrun!.instructions;
      expect(others).toBeGreaterThanOrEqual(14_941);
      expect(others).toBeLessThan(15_000);
      expect(instructionsOf(trip, 2)).toBe(13);
      expect(pagesOf(trip, 0)).toBe(179);
    }
    const medianL1 = captured.trips.map((trip) => instructionsOf(trip, 1)).sort((a, b) => a - b);
    expect(medianL1[Math.floor(medianL1.length / 2)]).toBe(7684);
  });

  test('a CPUID trip is reflected exit, L1, RDMSR, L1, VMRUN, L2: segment by segment', () => {
    const [trip] = capturedTrips('plug-c.cpuid', 'CPUID').trips;
    expect(trip!.steps.map((step) => [step.level, step.end, step.exit, step.instructions])).toEqual(
      [
        [0, 'nestedVmexit', 'CPUID', 3382],
        [1, 'vmexit', 'MSR', 1078],
        [0, 'resume', 'MSR', 1398],
        [1, 'vmexit', 'VMRUN', 331],
        [0, 'nestedVmrun', 'VMRUN', 7458],
        [2, 'vmexit', 'CPUID', 21],
      ],
    );
  });
});

describe('cutting', () => {
  test.each([
    ['plug-c.cpuid', 'CPUID'],
    ['plug-c.pio', 'IOIO'],
    ['plug-c.npf32', 'NPF'],
    ['plug-c.ptechurn64', 'CPUID'],
    ['l2linux-b.cpuid', 'CPUID'],
  ])('keeps whole trips of one sequence of mode switches only: %s', (capture, exit) => {
    const { trips } = capturedTrips(capture, exit);
    expect(trips.length).toBeGreaterThanOrEqual(5);
    const shape = (trip: Trip) =>
      trip.steps.map(({ level, end, exit }) => `${level} ${end} ${exit}`);
    for (const trip of trips) {
      expect(shape(trip)).toEqual(shape(trips[0]!));
      expect(trip.steps[0]).toMatchObject({ level: 0, end: 'nestedVmexit', exit });
      expect(trip.steps.at(-1)).toMatchObject({ level: 2, end: 'vmexit' });
      expect(trip.steps.filter(({ end }) => end === 'nestedVmrun')).toHaveLength(1);
    }
  });

  test('finds the 64 pages that L2 flushes by INVLPG, and none where it flushes none', () => {
    expect(new Set(capturedTrips('plug-c.ptechurn64', 'CPUID').invlpgPages).size).toBe(64);
    expect(capturedTrips('plug-c.cpuid', 'CPUID').invlpgPages).toEqual([]);
    // Here it is L1 that flushes pages of its own, 192 times in the window.
    expect(capturedTrips('plug-c.npf32', 'NPF').invlpgPages).toEqual([]);
  });

  test('L2 touches the pages that it flushes', () => {
    const captured = capturedTrips('plug-c.ptechurn64', 'CPUID');
    const touched = new Set(
      captured.trips.flatMap(({ steps }) =>
        steps
          .filter(({ level }) => level === 2)
          .flatMap((step) => indicesOf(step).map((index) => captured.pages[index]!)),
      ),
    );
    expect(captured.invlpgPages.filter((page) => !touched.has(page))).toEqual([]);
  });

  test('refuses an exit that the capture does not have, by file and exit', () => {
    expect(() => capturedTrips('plug-c.cpuid', 'HLT')).toThrow(UserError);
    expect(() => capturedTrips('plug-c.cpuid', 'HLT')).toThrow(/plug-c\.cpuid.*HLT/);
  });

  test('refuses a capture that is not there, by its name', () => {
    expect(() => capturedTrips('plug-z.nothing', 'CPUID')).toThrow(/plug-z\.nothing/);
  });
});

describe('what a real L1 asks for', () => {
  test('a Linux L1 asks for a flush with 51 of the 8,019 nested VMRUNs of a whole Linux L2', () => {
    expect(askedFlushShare('linux')).toBe(51 / 8019);
  });

  test('a run that is not there is refused by its name', () => {
    expect(() => askedFlushShare('nothing')).toThrow(/nothing\.vmcb12\.gz/);
  });
});
