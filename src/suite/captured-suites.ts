import { basename } from 'node:path';
import { hasGlobalPages } from '../executed/control-registers.ts';
import type { CutWindow } from '../executed/iterations.ts';
import { CAPTURED_KERNEL } from '../hypervisor/strategies.ts';
import type { Capture } from '../inputs/capture.ts';
import type { CaptureWindow } from '../inputs/capture-manifest.ts';
import { suggest } from '../util/suggest.ts';
import { UserError } from '../util/user-error.ts';
import { capturedWindow, loadWindow } from './captured-window.ts';
import type { Suite } from './suite.ts';
import { cutWindowOf } from './window-content.ts';

/** Where captures are compared if nobody names a machine: those with FLUSHBYASID that L1s run on today. */
const MACHINES = ['zen3-milan', 'zen4-genoa', 'zen5-turin'];
/** What is compared with the kernel of the captures that ship if nobody names a strategy. */
const STRATEGIES = ['rfc-2025-03'];
/** Of pages that the window did not touch; what it touched has its captured sizes. */
const PAGE_SIZES = {
  l0: 'kernel-2m',
  l1: 'kernel-2m',
  l2: '4k',
  nptForL1: '2m',
  nptForL2: '4k',
} as const;
const TRIPS = { warmUp: 40, measured: 120 };
const SEEDS = { first: 1, count: 20 };

/** How a capture is called in results: its folder's name. */
export function captureName({ folder }: Capture): string {
  return basename(folder).replace(/[^A-Za-z0-9._-]/g, '-') || 'capture';
}

function pagingOf({ l0Npt, l1Npt }: CaptureWindow): Suite['paging'] {
  if (!l0Npt) return { l0: 'shadow', l1: 'shadow' };
  return { l0: 'npt', l1: l1Npt ? 'npt' : 'shadow' };
}

const EXIT_OF_KIND = /^L2->L1 (.*)$/;

/** The exit of L2 that most of the trips begin with. */
function mostReflected({ iterations }: CutWindow): string | undefined {
  const counts = new Map<string, number>();
  for (const [first] of iterations.flat()) {
    const exit = EXIT_OF_KIND.exec(first!.kind)?.[1];
    if (exit !== undefined) counts.set(exit, (counts.get(exit) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** Whether L2 has global pages off, while a Linux as L1 has them on. */
function differsInPge({ segments }: CutWindow): boolean {
  return segments.some(({ within }) =>
    within.some((event) => event.kind === 'vmcb12' && !hasGlobalPages(event.cr4)),
  );
}

/** One window as a suite; null if no exit of L2 was reflected in it. */
function suiteOfWindow(capture: Capture, window: CaptureWindow): Suite | null {
  const captured = capturedWindow(capture, window);
  loadWindow(captured);
  const cut = cutWindowOf(captured);
  const reflectedExit = mostReflected(cut);
  if (reflectedExit === undefined) return null;
  const paging = pagingOf(window);
  const words = `L0 with ${paging.l0} and L1 with ${paging.l1} paging`;
  return {
    id: window.name,
    group: 'captured',
    question: `What does a round trip of ${window.workload} cost, ${words}?`,
    expected: `Nothing was stated before: the trips are those of the capture ${captureName(capture)}.`,
    workload: { kind: 'captured-trips', capture: window.name, reflectedExit },
    paging,
    pageSizes: PAGE_SIZES,
    l2Cr4Pge: differsInPge(cut) ? 'differs' : 'same',
    trips: TRIPS,
    machines: MACHINES,
    strategies: [CAPTURED_KERNEL, ...STRATEGIES],
    baseline: CAPTURED_KERNEL,
    seeds: SEEDS,
    expect: [],
    file: `${captureName(capture)}/${window.log}`,
    sha256: captured.sha256,
    window: captured,
  };
}

/**
 * The windows of a capture as suites, all that have pages or those named. Throws UserError for a name
 * that none has, and if nothing is left.
 */
export function suitesOfCapture(capture: Capture, names: readonly string[]): Suite[] {
  const { windows } = capture.manifest;
  for (const name of names) {
    if (windows.some((window) => window.name === name)) continue;
    const near = suggest(
      name,
      windows.map((window) => window.name),
    );
    const cure = near === undefined ? 'Its manifest.json lists them' : `The nearest is "${near}"`;
    throw new UserError('usage', capture.folder, `it has no window "${name}"`, cure);
  }
  const chosen = windows.filter(({ name, pages }) =>
    names.length === 0 ? pages !== null : names.includes(name),
  );
  const suites = chosen.flatMap((window) => suiteOfWindow(capture, window) ?? []);
  if (suites.length > 0) return suites;
  throw new UserError(
    'input',
    capture.folder,
    'it has no window with pages in which an exit of L2 was reflected to L1',
    'Capture one, for example with the workload cpuid',
  );
}
