import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CAPTURE_FORMAT,
  CAPTURE_MANIFEST_FILE,
  type CapturedKernel,
  type CaptureManifest,
  type CaptureWindow,
} from '../inputs/capture-manifest.ts';
import { readCpuLog } from '../inputs/cpu-log.ts';
import { UserError } from '../util/user-error.ts';
import { allFeatures, type Boot, CONSOLE_FILE, type Machine, runBoot, type Said } from './boot.ts';
import type { Emulator } from './build-qemu.ts';
import { buildImage, type Kernel, moduleBytes } from './images.ts';
import { sha256Of } from './once.ts';
import {
  hasNpt,
  type PlannedBoot,
  type PlannedWindow,
  type PlanRequest,
  planBoots,
} from './plan-boots.ts';
import type { Rig } from './rig.ts';
import { summarizeTrips, type TripSummary } from './trip-table.ts';
import { splitWindow, type Window } from './windows.ts';

export interface CaptureRequest extends PlanRequest {
  readonly machine: Machine;
  readonly l0Kernel: Kernel;
  readonly l1Kernel: Kernel;
  /** `stock`, or what was changed in L0's kernel. */
  readonly patch: string;
  /** Where the capture goes: a folder without one. */
  readonly folder: string;
  /** UTC, as the manifest says it. */
  readonly created: string;
}

/** A window of a capture, and the trips in it. */
export interface RecordedWindow {
  readonly window: CaptureWindow;
  readonly trips: TripSummary | null;
}

/** Events, segments and steps from page to page of a window beyond these are not kept. */
const LIMITS = { events: 60_000, segments: 600, steps: 60_000 };
/** How much slower than the host's the guests' clock runs while levels boot. */
const SLOWNESS = 2;
/** Where the emulator writes; removed when all is well. */
const RAW_FOLDER = 'emulator';

/** What the levels said of their kernels, a line for each time that they loaded kvm_amd. */
interface Kernels {
  readonly l0: string[];
  readonly l1: string[];
}

/** Boots, records, and writes a capture folder. Throws `UserError` where the guests fail. */
export async function capture(
  rig: Rig,
  emulator: Emulator,
  request: CaptureRequest,
): Promise<readonly RecordedWindow[]> {
  const image = await buildImage(rig, request.l0Kernel, request.l1Kernel);
  mkdirSync(join(request.folder, 'windows'), { recursive: true });
  const boots = planBoots(request);
  const said: Kernels = { l0: [], l1: [] };
  const captured: RecordedWindow[] = [];
  const tell = progressOf(
    rig,
    boots.flatMap(({ windows }) => windows.map(({ name }) => name)),
  );
  for (const [index, boot] of boots.entries()) {
    const raw = join(request.folder, RAW_FOLDER, String(index));
    rmSync(raw, { recursive: true, force: true });
    mkdirSync(join(raw, 'log'), { recursive: true });
    tell('L0 boots');
    const heard: Kernels = { l0: [], l1: [] };
    const onSaid = (each: Said): void => listen(each, heard, tell);
    await runBoot(rig, emulator, image, bootOf(request, boot, raw, onSaid));
    checkL1(boot, heard.l1, raw);
    said.l0.push(...heard.l0);
    said.l1.push(...heard.l1);
    captured.push(...keepWindows(request, boot, raw));
  }
  const manifest = manifestOf(request, emulator, said, captured);
  writeFileSync(
    join(request.folder, CAPTURE_MANIFEST_FILE),
    `${JSON.stringify(manifest, null, 2)}\n`,
  );
  rmSync(join(request.folder, RAW_FOLDER), { recursive: true });
  return captured;
}

function bootOf(
  { machine }: CaptureRequest,
  { command, parameters, windowSlowness }: PlannedBoot,
  folder: string,
  onSaid: (said: Said) => void,
): Boot {
  return {
    machine,
    command,
    parameters,
    environment: {
      ASIDBENCH_LOG: join(folder, 'log'),
      ASIDBENCH_SLOWNESS: String(SLOWNESS),
      ASIDBENCH_WINDOW_SLOWNESS: String(windowSlowness),
    },
    folder,
    onSaid,
  };
}

/** Tells what boots, and which window is recorded now. */
function progressOf(rig: Rig, names: readonly string[]): (event: string) => void {
  let done = 0;
  return (event) => {
    if (event.startsWith('begins ')) {
      rig.tell({ what: `recording ${names[done] ?? event}`, done: done++, total: names.length });
    } else if (event.endsWith(' boots')) rig.tell({ what: event });
  };
}

/** Keeps what is said of kernels, and tells of what begins. */
function listen({ level, text }: Said, heard: Kernels, tell: (event: string) => void): void {
  if (!/^\d/.test(text)) tell(text === 'boots L2' ? 'L2 boots' : text);
  else if (level === 'L0') {
    heard.l0.push(text);
    tell('L1 boots');
  } else heard.l1.push(text);
}

/** L1 says with which parameters it loaded kvm_amd; windows are named after them. */
function checkL1({ l1 }: PlannedBoot, said: readonly string[], raw: string): void {
  l1.forEach((parameters, index) => {
    const npt = hasNpt(parameters) ? 'npt=Y' : 'npt=N';
    if (said[index]?.split(' ').includes(npt)) return;
    const cause = `L1 was to load kvm_amd with ${npt} and said "${said[index] ?? 'nothing'}"`;
    throw new UserError('input', raw, cause, `See ${CONSOLE_FILE} in it`);
  });
}

function keepWindows(
  request: CaptureRequest,
  { windows }: PlannedBoot,
  raw: string,
): readonly RecordedWindow[] {
  const logs = readdirSync(join(raw, 'log')).sort();
  if (logs.length !== windows.length) {
    const cause = `${windows.length} windows were asked for and ${logs.length} opened`;
    throw new UserError('input', raw, cause, `See ${CONSOLE_FILE} in it`);
  }
  return windows.map((plan, index) => {
    const text = readFileSync(join(raw, 'log', logs[index]!), 'latin1');
    return keepWindow(request.folder, plan, splitWindow(text, LIMITS));
  });
}

function keepWindow(folder: string, plan: PlannedWindow, window: Window): RecordedWindow {
  const keep = (name: string, text: string): string => {
    const path = `windows/${plan.name}.${name}.gz`;
    writeFileSync(join(folder, path), gzipSync(text, { level: 9 }));
    return path;
  };
  const kept: CaptureWindow = {
    ...plan,
    iterations: window.iterations,
    log: keep('hw', window.log),
    pages: window.pages === null ? null : keep('pages.csv', window.pages),
    sequence: window.sequence === null ? null : keep('seq', window.sequence),
    truncated: window.isTruncated,
  };
  const log = readCpuLog(window.log, kept.log);
  return { window: kept, trips: log.hasPcpuColumn ? null : summarizeTrips(log) };
}

function manifestOf(
  request: CaptureRequest,
  emulator: Emulator,
  said: Kernels,
  captured: readonly RecordedWindow[],
): CaptureManifest {
  const { machine } = request;
  return {
    format: CAPTURE_FORMAT,
    version: 1,
    created: request.created,
    emulator: { qemu: emulator.version, changesSha256: emulator.changesSha256 },
    cpu: { model: machine.cpuModel, features: allFeatures(machine), asids: machine.asids },
    pCpus: machine.pCpus,
    vCpus: request.vCpus,
    kernel: {
      l0: kernelOf(request.l0Kernel, said.l0),
      l1: kernelOf(request.l1Kernel, said.l1),
      patch: request.patch,
    },
    windows: captured.map(({ window }) => window),
  };
}

/** `said`: release and parameters as a level printed them, once for each time it loaded kvm_amd. */
function kernelOf(kernel: Kernel, said: readonly string[]): CapturedKernel {
  const parsed = said.map((line) => line.split(' '));
  const [release = ''] = parsed[0] ?? [];
  const shared = (parsed[0] ?? [])
    .slice(1)
    .filter((word) => parsed.every((words) => words.includes(word)));
  const hash = (path: string): string => sha256Of(moduleBytes(path));
  return {
    release,
    bzImageSha256: sha256Of(readFileSync(kernel.bzImage)),
    modules: {
      'kvm.ko': hash(kernel.modules.kvm),
      'kvm-amd.ko': hash(kernel.modules['kvm-amd']),
    },
    parameters: Object.fromEntries(shared.map((word) => word.split('=') as [string, string])),
  };
}
