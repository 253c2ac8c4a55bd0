import { describe, expect, test } from 'vitest';
import { cutWindow, withoutHostInterrupts } from '../../src/executed/iterations.ts';
import { cpuidTrips, smallWindow } from './small-capture.ts';

const TRIP = ['exit L2 72', 'L1 asid=2 tlb=0', 'exit L1 80', 'L2 asid=3 tlb=0', 'mark'];
const PAGES = ['L0 f1:x', 'L1 5:r', 'L0 f1:x', 'L2 5:r'];
const kindsOf = (iteration: readonly (readonly { readonly kind: string }[])[]) =>
  iteration.map((trip) => trip.map(({ kind }) => kind));

describe('iterations of a window', () => {
  test('run from mark to mark, trip by trip', () => {
    const { iterations } = cpuidTrips({ count: 3, asids: [2, 3], tlbControls: [0, 0] });
    expect(iterations.length).toBe(3);
    expect(kindsOf(iterations[0]!)).toEqual([
      ['L2->L1 CPUID', 'L1 until VMRUN', 'L1->L2 VMRUN', 'L2 until CPUID'],
    ]);
  });

  test('hold several trips where the loop makes several', () => {
    const two = [...TRIP.slice(0, -1), ...TRIP];
    const lines = ['mark', ...two, ...two, 'exit L2 72'];
    const window = smallWindow(lines, [...PAGES, ...PAGES, ...PAGES, ...PAGES]);
    const { iterations } = cutWindow(window);
    expect(iterations.map((trips) => trips.length)).toEqual([2, 2]);
  });

  test('are single trips in a window without marks', () => {
    const lines = TRIP.filter((line) => line !== 'mark');
    const window = smallWindow(
      [...lines, ...lines, ...lines, 'exit L2 72'],
      [...PAGES, ...PAGES, ...PAGES],
    );
    expect(cutWindow(window).iterations.map((trips) => trips.length)).toEqual([1, 1]);
  });

  test('leave out what was disturbed, if most were not', () => {
    const ioio = ['exit L2 72', 'L1 asid=2 tlb=0', 'exit L1 7b', ...TRIP.slice(1)];
    const lines = ['mark', ...TRIP, ...ioio, ...TRIP, ...TRIP, 'exit L2 72'];
    const pages = [...PAGES, 'L0 f1:x', 'L1 5:r', ...PAGES, ...PAGES, ...PAGES];
    expect(cutWindow(smallWindow(lines, pages)).iterations.length).toBe(3);
  });

  test('leave out single trips that were disturbed, and say how many there were', () => {
    const io = ['exit L2 7b', ...TRIP.slice(1, -1)];
    const disturbed = ['exit L2 72', 'L1 asid=2 tlb=0', 'exit L1 64', ...TRIP.slice(1, -1)];
    const quiet = TRIP.slice(0, -1);
    const lines = ['mark', ...io, ...quiet, ...disturbed, ...quiet, 'mark', 'exit L2 72'];
    const pages = [...PAGES, ...PAGES, 'L0 f1:x', 'L1 5:r', ...PAGES, ...PAGES];
    const { iterations, tripsPerIteration } = cutWindow(smallWindow(lines, pages));
    expect(iterations.map((trips) => trips.length)).toEqual([3]);
    expect(tripsPerIteration).toBe(4);
  });

  test('are none where no exit was reflected', () => {
    const window = smallWindow(
      ['exit L1 60', 'L1 asid=3 tlb=0', 'exit L1 60'],
      ['L0 f1:x', 'L1 5:r'],
    );
    expect(cutWindow(window).iterations).toEqual([]);
  });
});

describe('an interrupt of the host', () => {
  const interrupted = (again: string) =>
    withoutHostInterrupts(
      smallWindow(
        [
          'exit L2 72',
          'L1 asid=2 tlb=0',
          'exit L1 60',
          again,
          'exit L1 80',
          'L2 asid=3 tlb=0',
          'exit L2 72',
        ],
        ['L0 f1:x', 'L1 5:r', 'L0 f9:x', 'L1 6:r', 'L0 f1:x', 'L2 5:r'],
      ).segments,
    );

  test('is cut out, and the guest goes on where it was', () => {
    const segments = interrupted('L1 asid=2 tlb=0');
    expect(segments.map(({ kind, instructions }) => [kind, instructions])).toEqual([
      ['L2->L1 CPUID', 100],
      ['L1 until VMRUN', 200],
      ['L1->L2 VMRUN', 100],
      ['L2 until CPUID', 100],
    ]);
    expect(segments[1]!.touches.length).toBe(2);
  });

  test.each(['L1 asid=2 tlb=3', 'L1 asid=4 tlb=0'])(
    'stays where it had a consequence: %s',
    (again) => {
      expect(interrupted(again).length).toBe(6);
    },
  );
});
