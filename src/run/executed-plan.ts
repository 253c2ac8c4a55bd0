import { createHash } from 'node:crypto';
import { type MachineConfig, machineConfig } from '../hardware/machine-config.ts';
import { strategyById } from '../hypervisor/strategies.ts';
import type { Capture } from '../inputs/capture.ts';
import { captureName } from '../suite/captured-suites.ts';
import { capturedWindow, loadWindow } from '../suite/captured-window.ts';
import { cellOf, machinesFor, strategiesFor } from '../suite/plan.ts';
import { configFor, runMachine } from '../suite/run-machine.ts';
import type { RunRequest } from '../suite/run-request.ts';
import type { Suite } from '../suite/suite.ts';
import { RESULTS_SCHEMA_VERSION, VERSION } from '../suite/version.ts';
import { type CapturedWindow, cutWindowOf } from '../suite/window-content.ts';
import { UserError } from '../util/user-error.ts';
import type { ExecutedCell, ExecutedKernel, PlannedCell } from './executed-cell.ts';
import { makeManifest } from './manifest.ts';
import type { Manifest } from './results.ts';

const ID_LENGTH = 16;

/** A capture in the place of a strategy. */
export interface KernelOfCapture extends ExecutedKernel {
  readonly capture: Capture;
}

/** What is run of captured kernels; the first one is the baseline of every comparison. */
export interface ExecutedRun {
  readonly cells: readonly PlannedCell[];
  readonly manifest: Manifest;
  /** Sentences about windows that can't be compared. */
  readonly notices: readonly string[];
}

/** How a capture is called in results: its folder's name, unless a strategy has that. */
function kernelId(capture: Capture): string {
  const name = captureName(capture);
  return strategyById(name) === undefined ? name : `${name}-executed`;
}

function kernelOf(capture: Capture, id: string): KernelOfCapture {
  const { kernel, cpu, emulator, created } = capture.manifest;
  const patch = kernel.patch === undefined ? '' : ` (${kernel.patch})`;
  return {
    id,
    summary:
      `What the captured kernel did, ${kernel.l0.release}${patch}. Of stale translations only ` +
      'those of another level are seen.',
    source: `capture ${captureName(capture)} of ${created}: ${cpu.model} of QEMU ${emulator.qemu}`,
    capture,
  };
}

/** One or two captures as kernels, with names that differ. */
export function capturedKernels(captures: readonly Capture[]): KernelOfCapture[] {
  const ids = captures.map(kernelId);
  const isTwice = new Set(ids).size < ids.length;
  return captures.map((capture, at) =>
    kernelOf(capture, isTwice ? `${ids[at]}-${at + 1}` : ids[at]!),
  );
}

/** The same window of every kernel; a sentence where one lacks it or does other trips. */
function windowsOf(suite: Suite, kernels: readonly KernelOfCapture[]): CapturedWindow[] | string {
  const found: CapturedWindow[] = [];
  let tripsPerIteration: number | null = null;
  for (const { id, capture } of kernels) {
    const window = capture.manifest.windows.find(({ name }) => name === suite.id);
    if (window === undefined || window.pages === null) {
      return `${suite.id} is left out: ${id} has no such window with pages.`;
    }
    const captured = capturedWindow(capture, window);
    loadWindow(captured);
    const { iterations, tripsPerIteration: trips } = cutWindowOf(captured);
    if (iterations.length === 0) {
      return `${suite.id} is left out: ${id} reflected no exit of L2 in it.`;
    }
    tripsPerIteration ??= trips;
    if (trips !== tripsPerIteration) {
      return `${suite.id} is left out: an iteration of its loop makes ${tripsPerIteration} round trips under ${kernels[0]!.id} and ${trips} under ${id}.`;
    }
    found.push(captured);
  }
  return found;
}

function executedCell(
  suite: Suite,
  kernel: KernelOfCapture,
  executed: CapturedWindow,
  chosenFrom: number,
  machine: { readonly id: string; readonly config: MachineConfig; readonly named: MachineConfig },
  seed: number,
): ExecutedCell {
  const { paging, pageSizes, trips } = suite;
  const parts = [
    RESULTS_SCHEMA_VERSION,
    VERSION,
    'as executed',
    executed.name,
    executed.sha256,
    { paging, pageSizes, trips, chosenFrom },
    machine.named,
    seed,
  ];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return {
    cellId: hash.slice(0, ID_LENGTH),
    suite,
    machineId: machine.id,
    config: machine.config,
    strategy: { id: kernel.id, summary: kernel.summary, source: kernel.source },
    seed,
    executed,
    chosenFrom,
  };
}

function refuseWithoutFlushByAsid(
  kernels: readonly KernelOfCapture[],
  id: string,
  config: MachineConfig,
) {
  const other = kernels.find(({ capture }) =>
    capture.manifest.cpu.features.includes('+flushbyasid'),
  );
  if (config.flushByAsid || other === undefined) return;
  throw new UserError(
    'usage',
    `--machine ${id}`,
    `it has no FLUSHBYASID, which the kernel of ${other.id} was captured with`,
    'Name another machine, or capture the kernel with -flushbyasid',
  );
}

function cellsOfSuite(
  suite: Suite,
  request: RunRequest,
  kernels: readonly KernelOfCapture[],
  windows: readonly CapturedWindow[],
  withModel: boolean,
): PlannedCell[] {
  const cells: PlannedCell[] = [];
  const chosenFrom = Math.min(...windows.map((each) => cutWindowOf(each).iterations.length));
  const count = request.seeds ?? suite.seeds.count;
  const seeds = Array.from({ length: count }, (_, at) => suite.seeds.first + at);
  const decided = withModel ? strategiesFor(suite, request) : [];
  for (const id of machinesFor(suite, request)) {
    const preset = runMachine(id, request.ownMachines);
    const config = configFor(suite, preset);
    refuseWithoutFlushByAsid(kernels, id, config);
    const machine = { id, config, named: machineConfig(preset) };
    for (const [at, kernel] of kernels.entries()) {
      for (const seed of seeds) {
        cells.push(executedCell(suite, kernel, windows[at]!, chosenFrom, machine, seed));
      }
    }
    for (const strategy of decided) {
      for (const seed of seeds) cells.push({ ...cellOf(suite, preset, strategy, seed), config });
    }
  }
  return cells;
}

function manifestOf(
  request: RunRequest,
  kernels: readonly KernelOfCapture[],
  withModel: boolean,
): Manifest {
  const manifest = makeManifest(request);
  const executed = kernels.map(({ id, summary, source }) => ({
    id,
    summary,
    source,
    behaviour: {},
  }));
  const baseline = kernels[0]!.id;
  const strategies = [...executed, ...(withModel ? manifest.strategies : [])];
  return {
    ...manifest,
    scenarios: manifest.scenarios.map((scenario) => ({
      ...scenario,
      baseline,
      strategies: strategies.map(({ id }) => id),
    })),
    strategies,
    baseline,
  };
}

/**
 * What captured kernels did, priced, window by window and machine by machine; beside it, with the model,
 * the trips of the first kernel under the strategies of the request. Windows that not all kernels have are left out. Throws UserError if none is left.
 */
export function planExecuted(
  request: RunRequest,
  kernels: readonly KernelOfCapture[],
  withModel: boolean,
): ExecutedRun {
  const notices: string[] = [];
  const kept: Suite[] = [];
  const cells: PlannedCell[] = [];
  for (const suite of request.suites) {
    const windows = windowsOf(suite, kernels);
    if (typeof windows === 'string') notices.push(windows);
    else {
      kept.push(suite);
      cells.push(...cellsOfSuite(suite, request, kernels, windows, withModel));
    }
  }
  if (kept.length > 0) {
    const manifest = manifestOf({ ...request, suites: kept }, kernels, withModel);
    return { cells, manifest, notices };
  }
  throw new UserError(
    'input',
    kernels.map(({ capture }) => capture.folder).join(', '),
    `there is no window that can be compared: ${notices.join(' ')}`,
    'Capture both kernels with the same workloads',
  );
}
