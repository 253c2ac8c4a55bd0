import { type Capture, openCapture, readTouchedWindow, readWindowLog } from '../inputs/capture.ts';
import type { CaptureWindow } from '../inputs/capture-manifest.ts';
import { type CpuLog, readCpuLog } from '../inputs/cpu-log.ts';
import { dataPath, readDataBytes, readDataText } from '../inputs/load-data.ts';
import { readPageSequences } from '../inputs/page-sequences.ts';
import { type MakeBuffer, type PageTrace, readPageTrace } from '../inputs/page-trace.ts';
import { fileError } from '../inputs/text-lines.ts';
import { sizesAlone } from '../inputs/touched-segments.ts';
import { readVmcb12Log } from '../inputs/vmcb12-log.ts';
import { filesOfWindow } from '../inputs/window-files.ts';
import { CAPTURED_KERNEL, type KernelId } from './kernel-exits.ts';
import {
  type CapturedL0Exits,
  type CapturedTrips,
  cutL0Exits,
  cutTrips,
  type TripSource,
} from './trips.ts';

const trips = new Map<string, CapturedTrips>();
const windows = new Map<string, TripSource>();
/** By path; one at most. */
const traces = new Map<string, PageTrace>();
const l0Exits = new Map<string, CapturedL0Exits>();
const shares = new Map<string, number>();

/** `stock/npt-npt.cpuid` is a window of data/captures/stock; a name without a slash one of nested-kvm. */
function windowOfCapture(name: string): { capture: Capture; window: CaptureWindow } | null {
  const slash = name.indexOf('/');
  if (slash < 0) return null;
  const capture = openCapture(dataPath('captures', name.slice(0, slash)));
  const window = capture.manifest.windows.find((each) => each.name === name.slice(slash + 1));
  if (window !== undefined) return { capture, window };
  throw fileError(
    capture.folder,
    `there is no window "${name.slice(slash + 1)}"`,
    'Name one that its manifest lists',
  );
}

function logOf(name: string): CpuLog {
  const captured = windowOfCapture(name);
  if (captured !== null) return readWindowLog(captured.capture, captured.window);
  return nestedKvmLog(name);
}

function nestedKvmLog(capture: string): CpuLog {
  const path = dataPath('nested-kvm', 'hw', `${capture}.hw.gz`);
  return readCpuLog(readDataText(path), path);
}

/** Everything that ran in a shipped capture; read once per process. */
function windowOf(capture: string): TripSource {
  let found = windows.get(capture);
  if (found === undefined) {
    found = readWindow(capture);
    windows.set(capture, found);
  }
  return found;
}

function readWindow(name: string): TripSource {
  const captured = windowOfCapture(name);
  if (captured !== null) {
    const { capture, window } = captured;
    const touched = readTouchedWindow(capture, window);
    return {
      name,
      path: `${capture.folder}/${window.log}`,
      segments: touched.segments,
      sizes: sizesAlone(touched),
    };
  }
  const path = dataPath('nested-kvm', 'seq', `${name}.seq.gz`);
  return { name, path, segments: readPageSequences(readDataText(path), path), sizes: null };
}

/** The files that trips of a capture are cut from, below the folder of the package. */
export function filesOfCapture(name: string): readonly string[] {
  const captured = windowOfCapture(name);
  if (captured === null) {
    return [`data/nested-kvm/seq/${name}.seq.gz`, `data/nested-kvm/hw/${name}.hw.gz`];
  }
  const folder = `data/captures/${name.slice(0, name.indexOf('/'))}`;
  return ['manifest.json', ...filesOfWindow(captured.window)].map((file) => `${folder}/${file}`);
}

function tripsName(capture: string, reflectedExit: string, kernel: KernelId): string {
  return `${capture} ${reflectedExit} ${kernel}`;
}

/** Round trips of a shipped capture as a kernel makes them; read once per process. */
export function capturedTrips(
  capture: string,
  reflectedExit: string,
  kernel: KernelId = CAPTURED_KERNEL,
): CapturedTrips {
  const name = tripsName(capture, reflectedExit, kernel);
  let found = trips.get(name);
  if (found === undefined) {
    found = cutTrips(windowOf(capture), reflectedExit, kernel, logOf(capture));
    trips.set(name, found);
  }
  return found;
}

/** Round trips that came some other way than from a file; `capturedTrips` then does not read one. */
export function provideCapturedTrips(reflectedExit: string, captured: CapturedTrips): void {
  trips.set(tripsName(captured.capture, reflectedExit, captured.kernel), captured);
}

/** What L0 did at exits that it handled by itself in a shipped capture; read once per process. */
export function capturedL0Exits(capture: string, exit: string, from: 'L1' | 'L2'): CapturedL0Exits {
  const name = `${capture} ${exit} ${from}`;
  let found = l0Exits.get(name);
  if (found === undefined) {
    found = cutL0Exits(windowOf(capture), exit, from);
    l0Exits.set(name, found);
  }
  return found;
}

/** Where a shipped page trace lies. */
export function shippedTracePath(name: string): string {
  return dataPath('page-traces', `${name}.ptr.br`);
}

/**
 * The page trace in a file, kept until another one is asked for: cells come suite by suite, and a trace
 * takes tens of megabytes.
 */
export function pageTrace(path: string): PageTrace {
  let found = traces.get(path);
  if (found === undefined) {
    found = readPageTraceAt(path);
    keepTrace(path, found);
  }
  return found;
}

/**
 * The page trace in a file, read anew, into memory from `makeBuffer`. Throws `UserError` for one that
 * no program can run.
 */
export function readPageTraceAt(path: string, makeBuffer?: MakeBuffer): PageTrace {
  const trace = readPageTrace(readDataBytes(path), path, makeBuffer);
  // A program is run until it has executed enough, again and again from its beginning.
  if (trace.instructionGaps.every((gap) => gap === 0)) {
    throw fileError(path, 'the trace executes no instruction', 'Record a longer one');
  }
  return trace;
}

/** A trace that was read elsewhere; `pageTrace` then does not read it. Returns the one that is kept. */
export function providePageTrace(path: string, trace: PageTrace): PageTrace {
  const kept = traces.get(path);
  if (kept !== undefined) return kept;
  keepTrace(path, trace);
  return trace;
}

function keepTrace(path: string, trace: PageTrace): void {
  traces.clear();
  traces.set(path, trace);
}

/** Share of nested VMRUNs with which L1 asked for a flush in a captured run, boot included. */
export function askedFlushShare(run: string): number {
  let share = shares.get(run);
  if (share === undefined) {
    const path = dataPath('nested-vmcb12', 'vmcb12', `${run}.vmcb12.gz`);
    const log = readVmcb12Log(readDataText(path), path);
    let vmruns = 0;
    let asked = 0;
    for (const record of log.records) {
      if (record.kind !== 'vmrun12') continue;
      vmruns += 1;
      if (record.tlbControl !== 0) asked += 1;
    }
    share = asked / vmruns;
    shares.set(run, share);
  }
  return share;
}
